"""The project's objects on a cluster, and waiting for what their conditions say."""

import json
from pathlib import Path

import yaml
from cluster import Cluster
from processes import ROOT

KINDS = ("datasets", "models", "modelservers", "notebooks")
EXAMPLES = ROOT / "examples"
LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"


def example_files() -> list[Path]:
    return sorted(EXAMPLES.rglob("*.yaml"))


def example_objects() -> list[dict]:
    """Return the objects of all examples."""
    return [
        document
        for file in example_files()
        for document in yaml.safe_load_all(file.read_text())
        if document
    ]


def objects(cluster: Cluster, namespace: str) -> list[dict]:
    """Return all objects of the four kinds in a namespace."""
    return [each for kind in KINDS for each in cluster.get(kind, "", namespace)]


def ready(found: dict) -> tuple[str, str, str]:
    """Return status, reason and message of an object's `Ready`."""
    conditions = (found.get("status") or {}).get("conditions") or []
    condition = next((each for each in conditions if each["type"] == "Ready"), {})
    return tuple(condition.get(key, "") for key in ("status", "reason", "message"))


def wait_all_ready(cluster: Cluster, namespace: str, *, seconds: float = 60) -> None:
    """Wait until every object of a namespace is Ready in its generation."""
    try:
        cluster.wait(
            f"all objects of {namespace} to be Ready",
            lambda: _all_ready(objects(cluster, namespace)),
            seconds=seconds,
        )
    except AssertionError as error:
        states = {
            f"{each['kind']}/{each['metadata']['name']}": ready(each)
            for each in objects(cluster, namespace)
        }
        raise AssertionError(f"{error}: {json.dumps(states, indent=1)}") from None


def wait_ready_is(
    cluster: Cluster,
    resource: str,
    name: str,
    expected: tuple[str, str],
    *,
    namespace: str,
    seconds: float = 30,
) -> dict:
    """Wait until an object's `Ready` has this status and reason; return the object."""

    def check() -> dict | None:
        found = cluster.get(resource, name, namespace)
        return found[0] if found and ready(found[0])[:2] == expected else None

    try:
        return cluster.wait(f"{resource} {name} to be {expected}", check, seconds=seconds)
    except AssertionError as error:
        states = [ready(each) for each in cluster.get(resource, name, namespace)]
        raise AssertionError(f"{error}; it is {states}") from None


def _all_ready(found: list[dict]) -> bool:
    return bool(found) and all(
        ready(each)[0] == "True"
        and each["status"].get("observedGeneration") == each["metadata"]["generation"]
        for each in found
    )
