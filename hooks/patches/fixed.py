"""What of a child no patch may change.

Its identity, what Kubernetes finds it and its Pods by, and all that a run's id is the hash of:
what the containers of the system run, with what environment, on what volumes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hooks import names
from hooks.manifest import Manifest
from hooks.patches.problem import Problem

Fixed = Iterator[tuple[str, Any]]

_DOMAINS = (names.DOMAIN, "metacontroller.k8s.io")
_CONTROLLER_UID = "controller-uid"
_SPEC = {
    "Job": (
        "backoffLimitPerIndex",
        "completionMode",
        "completions",
        "manualSelector",
        "parallelism",
        "selector",
        "successPolicy",
        "suspend",
        "ttlSecondsAfterFinished",
    ),
    "StatefulSet": (
        "ordinals",
        "podManagementPolicy",
        "replicas",
        "selector",
        "serviceName",
        "volumeClaimTemplates",
    ),
    "Service": ("selector",),
    "PersistentVolumeClaim": ("dataSource", "dataSourceRef", "volumeMode"),
}
_FREE = {
    "imagePullPolicy",
    "livenessProbe",
    "readinessProbe",
    "resources",
    "startupProbe",
    "terminationMessagePath",
    "terminationMessagePolicy",
}
"""What of a container of the system a patch may change."""
_CONTRACT = (
    "/data",
    "/dataset",
    "/model/logs",
    "/model/params.json",
    "/model/saved",
    "/model/src",
    "/model/trained",
)
"""The directories of the container contract: nothing is mounted over them."""


def changed(before: Manifest, after: Manifest) -> Problem | None:
    """Return what is changed that no patch may change; None where nothing is.

    Args:
        before: the child without the patches.
        after: the child with them, of the shape that `misshapen` checks.
    """
    pointer = _first_difference(dict(_fixed(before, before)), dict(_fixed(after, before)))
    return Problem(_place(pointer), f"a patch may not change {pointer}.") if pointer else None


def _place(pointer: str) -> str:
    """Return the part of a pointer before the first item that is called by its name."""
    return pointer.partition("[")[0]


def _first_difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    pointers = sorted(one.keys() | other.keys())
    return next((each for each in pointers if one.get(each) != other.get(each)), None)


def _fixed(child: Manifest, own: Manifest) -> Fixed:
    """Yield the parts that may not change, by pointer; `own` is the child without patches."""
    spec, kind = child["spec"], own["kind"]
    for key in child.keys() - {"metadata", "spec"}:
        yield f"/{key}", child[key]
    yield from _metadata(child["metadata"], own["metadata"], "/metadata")
    for key in _SPEC[kind]:
        yield f"/spec/{key}", spec.get(key)
    if kind == "Service":
        for port in spec["ports"]:
            if port["name"] in {each["name"] for each in own["spec"]["ports"]}:
                yield f"/spec/ports[{port['name']}]", (port["port"], port.get("targetPort"))
    if "template" in own["spec"]:
        at = "/spec/template"
        template, own_template = spec["template"], own["spec"]["template"]
        yield from _metadata(template["metadata"], own_template["metadata"], f"{at}/metadata")
        yield from _pod(template["spec"], own_template["spec"], kind)


def _metadata(metadata: Manifest, own: Manifest, at: str) -> Fixed:
    for key in metadata:
        if key not in {"labels", "annotations"}:
            yield f"{at}/{key}", metadata[key]
    for part in ("labels", "annotations"):
        for key, value in metadata.get(part, {}).items():
            if key in own.get(part, {}) or _is_reserved(key):
                yield f"{at}/{part}/{key.replace('/', '~1')}", value


def _is_reserved(key: str) -> bool:
    domain = key.partition("/")[0]
    return key == _CONTROLLER_UID or any(
        domain == each or domain.endswith(f".{each}") for each in _DOMAINS
    )


def _pod(pod: Manifest, own: Manifest, kind: str) -> Fixed:
    at = "/spec/template/spec"
    yield f"{at}/restartPolicy", pod.get("restartPolicy")
    volumes = {each["name"] for each in own.get("volumes", [])}
    for volume in pod.get("volumes", []):
        if volume["name"] in volumes:
            yield f"{at}/volumes[{volume['name']}]", volume
    for part in ("initContainers", "containers"):
        known = {each["name"]: each for each in own.get(part, [])}
        left = [each["name"] for each in pod.get(part, []) if each["name"] in known]
        yield f"{at}/{part}[]/order", left == [name for name in known if name in left]
        for container in pod.get(part, []):
            where = f"{at}/{part}[{container['name']}]"
            if container["name"] in known:
                yield from _container(container, known[container["name"]], where, kind)
            elif kind == "Job":
                yield from _foreign_mounts(container, volumes, where)


def _container(container: Manifest, own: Manifest, at: str, kind: str) -> Fixed:
    free = {*_FREE, "ports", "securityContext", "volumeMounts"}
    if kind == "StatefulSet":
        free.add("lifecycle")
    for key, value in container.items():
        if key not in free:
            yield f"{at}/{key}", value
    known = {each["containerPort"] for each in own.get("ports", [])}
    for port in container.get("ports", []):
        if port["containerPort"] in known:
            yield f"{at}/ports[{port['containerPort']}]", port
    taken = [*_CONTRACT, *(each["mountPath"] for each in own.get("volumeMounts", []))]
    for mount in container.get("volumeMounts", []):
        if any(_overlap(mount["mountPath"], each) for each in taken):
            yield f"{at}/volumeMounts[{mount['mountPath']}]", mount


def _foreign_mounts(container: Manifest, volumes: set[str], at: str) -> Fixed:
    """Yield the mounts by which a container that a patch added reaches a run's own data."""
    for mount in container.get("volumeMounts", []):
        if mount["name"] in volumes:
            yield f"{at}/volumeMounts[{mount['mountPath']}]", mount


def _overlap(one: str, other: str) -> bool:
    a, b = f"{one.rstrip('/')}/", f"{other.rstrip('/')}/"
    return a.startswith(b) or b.startswith(a)
