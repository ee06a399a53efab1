"""What a child must look like for the hooks to read it: the types of the fields that they look at.

The API server checks the rest, and refuses what does not fit.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from hooks.manifest import Manifest
from hooks.patches.problem import Problem

CHILD_LIMIT = 200_000
"""Bytes of JSON. A record of the child is an annotation of it, and all annotations of an object
have 256 KiB."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, alias_generator=to_camel)


class _Metadata(_Shape):
    labels: dict[str, str]
    annotations: dict[str, str] = {}


class _Mount(_Shape):
    name: str
    mount_path: str


class _Port(_Shape):
    container_port: int


class _Capabilities(_Shape):
    drop: list[str] = []


class _Security(_Shape):
    capabilities: _Capabilities = _Capabilities()


class _Container(_Shape):
    name: str
    volume_mounts: list[_Mount] = []
    ports: list[_Port] = []
    security_context: _Security = _Security()


class _Volume(_Shape):
    name: str


class _Pod(_Shape):
    containers: list[_Container] = Field(min_length=1)
    init_containers: list[_Container] = []
    volumes: list[_Volume] = []
    security_context: dict[str, Any] = {}


class _Template(_Shape):
    metadata: _Metadata
    spec: _Pod


class _Templated(_Shape):
    template: _Template


class _ServicePort(_Shape):
    name: str
    port: int


class _Service(_Shape):
    ports: list[_ServicePort] = Field(min_length=1)


class _Workload(_Shape):
    metadata: _Metadata
    spec: _Templated


class _PlainService(_Shape):
    metadata: _Metadata
    spec: _Service


class _Plain(_Shape):
    metadata: _Metadata
    spec: dict[str, Any]


_SHAPES: dict[str, type[BaseModel]] = {
    "Job": _Workload,
    "StatefulSet": _Workload,
    "Service": _PlainService,
}


def misshapen(child: Manifest, kind: str) -> Problem | None:
    """Return what is not as Kubernetes has a child of this kind; None if all is."""
    size = len(orjson.dumps(child))
    if size > CHILD_LIMIT:
        return Problem("", f"it makes an illegal child: {size} bytes, of at most {CHILD_LIMIT}.")
    try:
        _SHAPES.get(kind, _Plain).model_validate(child)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = "/" + "/".join(map(str, first["loc"]))
        return Problem(place, f"it makes an illegal child: {place}: {first['msg'][:200]}.")
    return _repeated(child, kind)


def _repeated(child: Manifest, kind: str) -> Problem | None:
    """Return that two items of a list have one name: the API server would take one for both."""
    if kind == "Service":
        ports = [each["port"] for each in child["spec"]["ports"]]
        return _first_repeated([("/spec/ports", "ports", ports)])
    if kind not in _SHAPES:
        return None
    pod, at = child["spec"]["template"]["spec"], "/spec/template/spec"
    containers = [*pod.get("initContainers", []), *pod.get("containers", [])]
    mounts = [
        (f"{at}/{part}/{index}", f"the mounts of {each['name']}", _paths(each))
        for part in ("initContainers", "containers")
        for index, each in enumerate(pod.get(part, []))
    ]
    return _first_repeated(
        [
            (at, "containers", [each["name"] for each in containers]),
            (f"{at}/volumes", "volumes", [each["name"] for each in pod.get("volumes", [])]),
            *mounts,
        ]
    )


def _first_repeated(lists: Sequence[tuple[str, str, Sequence[object]]]) -> Problem | None:
    for place, what, given in lists:
        if len(set(given)) != len(given):
            return Problem(place, f"it makes an illegal child: two of {what} have one name.")
    return None


def _paths(container: Manifest) -> Sequence[str]:
    return [each["mountPath"] for each in container.get("volumeMounts", [])]
