"""Compiles what the engine knows of built-in kinds: from Kubernetes' types and an API server.

Usage: `types/types > types.json && python compile.py types.json SERVER TOKEN`, where `types/types`
is the program of types/, built for the Kubernetes version of the API server.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import httpx

Json: TypeAlias = Any
TARGET = Path(__file__).parent.parent / "src/metacontroller_offline/kubernetes.json"
WITH_GENERATION = frozenset(
    [
        "CronJob",
        "CustomResourceDefinition",
        "DaemonSet",
        "Deployment",
        "DeviceClass",
        "EndpointSlice",
        "FlowSchema",
        "Ingress",
        "IngressClass",
        "Job",
        "MutatingWebhookConfiguration",
        "NetworkPolicy",
        "Pod",
        "PodDisruptionBudget",
        "PodTemplate",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ReplicaSet",
        "ReplicationController",
        "ResourceSlice",
        "StatefulSet",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    ]
)
"""The kinds whose strategy in pkg/registry sets `generation`; discovery does not say it."""


def get(server: str, token: str, path: str) -> Json:
    """Return what the API server answers; its certificate is its own."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(server + path, headers=headers, verify=False).raise_for_status().json()


def kinds(server: str, token: str, types: dict[str, str]) -> Iterator[list[Any]]:
    """Yield apiVersion, kind, resource, traits and struct of each kind that can be created.

    The traits are n for namespaced, s for a status subresource, g for a generation.
    """
    groups = get(server, token, "/apis")["groups"]
    for version in [
        "v1",
        *(each["groupVersion"] for group in groups for each in group["versions"]),
    ]:
        path = f"/api/{version}" if version == "v1" else f"/apis/{version}"
        resources = get(server, token, path)["resources"]
        names = {each["name"] for each in resources}
        for each in resources:
            if "/" in each["name"] or not {"create", "get"} <= {*each["verbs"]}:
                continue
            traits = "".join(
                letter
                for letter, is_so in (
                    ("n", each["namespaced"]),
                    ("s", f"{each['name']}/status" in names),
                    ("g", each["kind"] in WITH_GENERATION),
                )
                if is_so
            )
            struct = types.get(f"{version}/{each['kind']}", "")
            yield [version, each["kind"], each["name"], traits, struct]


def written(of: Json) -> str:
    """Return what a field holds: `[…]` is a list, `{…}` a map, a name with a dot a struct."""
    if isinstance(of, str):
        return of
    if "list" in of:
        return f"[{written(of['list'])}]"
    return f"{{{written(of['map'])}}}" if "map" in of else of["struct"]


def field(found: dict[str, Any]) -> str:
    """Return a field: what it holds, ? for a pointer, ! if it is never left out, how it is merged.

    After a space: the key of a list's items, * for a list that is a set, - for retainKeys.
    """
    marks = ("?" if found.get("pointer") else "") + ("!" if found.get("always") else "")
    merged = found.get("patch", "")
    how = found.get("key") or ("*" if "merge" in merged else "")
    how += "-" if "retainKeys" in merged else ""
    return f"{written(found['of'])}{marks}{f' {how}' if how else ''}"


def reachable(structs: dict[str, Any], roots: list[str]) -> dict[str, dict[str, str]]:
    """Return the structs that the roots hold, directly or not."""
    found: dict[str, dict[str, str]] = {}
    waiting = [each for each in roots if each]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = {key: field(each) for key, each in sorted(structs[name].items())}
        for each in found[name].values():
            inner = each.partition(" ")[0].strip("[]{}?!")
            if "." in inner:
                waiting.append(inner)
    return found


def main() -> None:
    """Write the file."""
    types = json.loads(Path(sys.argv[1]).read_text())
    server, token = sys.argv[2:]
    version = get(server, token, "/version")["gitVersion"].removeprefix("v")
    table = sorted(kinds(server, token, types["kinds"]))
    structs = reachable(types["structs"], [row[-1] for row in table])
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(fields)}" for name, fields in sorted(structs.items())
    )
    rows = ",\n".join(map(json.dumps, table))
    text = f'{{"version": "{version}",\n"kinds": [\n{rows}\n],\n"structs": {{\n{lines}\n}}}}\n'
    json.loads(text)
    TARGET.write_text(text)


main()
