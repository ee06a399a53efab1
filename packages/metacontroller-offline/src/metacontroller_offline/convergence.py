"""Values of built-in kinds that the API server stores differently than they are given.

Metacontroller compares a whole child with what is stored, so each such value is a PUT per sync.
The list was found by trial on a real API server (1.34); values that turned out stable are absent.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from metacontroller_offline.objects import Json, Manifest
from metacontroller_offline.podfields import CONTAINER_FIELDS, POD_SPEC_FIELDS
from metacontroller_offline.quantities import canonical_quantity

Finding: TypeAlias = tuple[str, str]
"""The path of a field, and what becomes of it."""

_OWNED_BY_SERVER = ("uid", "resourceVersion", "generation", "managedFields")
_CHECKED_KINDS = {
    "ConfigMap",
    "Job",
    "PersistentVolumeClaim",
    "Pod",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
}
_STABLE_EMPTY = {"resources", "emptyDir", "securityContext"}
_STABLE_NULL = {"labels", "creationTimestamp"}
_DROPPED_ZEROS: Mapping[str, tuple[Json, ...]] = {
    "hostPort": (0,),
    "tty": (False,),
    "stdin": (False,),
    "hostNetwork": (False,),
    "hostPID": (False,),
    "hostIPC": (False,),
    "readOnly": (False,),
    "medium": ("",),
    "subPath": ("",),
    "initialDelaySeconds": (0,),
    "value": ("",),
}
_DROPPED = "the API server drops it"


def unstable_fields(child: Manifest) -> Iterator[Finding]:
    """Yield the fields of a desired child that would be written again at every sync."""
    metadata = child.get("metadata") or {}
    for field in _OWNED_BY_SERVER:
        if metadata.get(field) is not None:
            yield (
                f"metadata.{field}",
                "only the API server sets it; an observed object was returned",
            )
    if child.get("kind") not in _CHECKED_KINDS:
        return
    for field, value in child.items():
        if field == "spec":
            yield from _generic(value, "spec", field)
            yield from _quantities(value, "spec")
            yield from _specific(child["kind"], value)
        elif field in {"data", "stringData", "binaryData"} and not value:
            yield field, _DROPPED


def _generic(value: Json, path: str, name: str) -> Iterator[Finding]:
    """Look for what is dropped or rewritten wherever it stands."""
    if value is None:
        if name not in _STABLE_NULL:
            yield path, _DROPPED
    elif isinstance(value, float) and value.is_integer():
        yield path, f"it is stored as {int(value)}"
    elif value in ({}, []) and name not in _STABLE_EMPTY:
        yield path, _DROPPED
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _generic(each, f"{path}.{key}", key)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _generic(each, f"{path}[{index}]", "")
    elif any(value is zero or (value == "" == zero) for zero in _DROPPED_ZEROS.get(name, ())):
        yield path, _DROPPED


def _quantities(value: Json, path: str) -> Iterator[Finding]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _quantities(each, f"{path}[{index}]")
    if not isinstance(value, dict):
        return
    for key, each in value.items():
        here = f"{path}.{key}"
        if key in {"requests", "limits"} and isinstance(each, dict):
            for resource, amount in each.items():
                yield from _quantity(amount, f"{here}[{resource}]")
        elif key == "sizeLimit":
            yield from _quantity(each, here)
        else:
            yield from _quantities(each, here)


def _quantity(amount: Json, path: str) -> Iterator[Finding]:
    canonical = canonical_quantity(amount)
    if canonical is not None and canonical != amount:
        yield path, f"{amount!r} is stored as {canonical!r}"


def _specific(kind: str, spec: Manifest) -> Iterator[Finding]:
    check = _CHECKS.get(kind)
    if check is not None and isinstance(spec, dict):
        yield from check(spec)


def _pod(spec: Manifest, path: str) -> Iterator[Finding]:
    for field in sorted(set(spec) - POD_SPEC_FIELDS):
        yield f"{path}.{field}", "no Pod has it: the API server drops it"
    for group in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(group) or []):
            for field in sorted(set(container) - CONTAINER_FIELDS):
                yield f"{path}.{group}[{index}].{field}", "no container has it: it is dropped"


def _template(spec: Manifest) -> Iterator[Finding]:
    template = spec.get("template") or {}
    yield from _pod(template.get("spec") or {}, "spec.template.spec")


def _job(spec: Manifest) -> Iterator[Finding]:
    yield from _template(spec)
    rules = (spec.get("podFailurePolicy") or {}).get("rules") or []
    for index, rule in enumerate(rules):
        for number, pattern in enumerate(rule.get("onPodConditions") or []):
            if "status" not in pattern:
                where = f"spec.podFailurePolicy.rules[{index}].onPodConditions[{number}].status"
                yield where, 'it is stored as "True"'


def _stateful_set(spec: Manifest) -> Iterator[Finding]:
    yield from _template(spec)
    for index, claim in enumerate(spec.get("volumeClaimTemplates") or []):
        full = claim.get("kind") == "PersistentVolumeClaim" and claim.get("apiVersion") == "v1"
        mode = (claim.get("spec") or {}).get("volumeMode")
        if not (full and mode and claim.get("status") == {"phase": "Pending"}):
            yield (
                f"spec.volumeClaimTemplates[{index}]",
                "it is stored with apiVersion, kind, volumeMode and status.phase Pending",
            )


def _service(spec: Manifest) -> Iterator[Finding]:
    numbers = [each.get("port") for each in spec.get("ports") or []]
    if len(set(numbers)) < len(numbers):
        yield "spec.ports", "two ports of one number are merged into one: every update is refused"


_CHECKS: Mapping[str, Callable[[Manifest], Iterator[Finding]]] = {
    "Job": _job,
    "Pod": lambda spec: _pod(spec, "spec"),
    "Service": _service,
    "StatefulSet": _stateful_set,
}
