"""Kubernetes objects as plain JSON: names, equality as Go sees it, and canonical bytes.

Objects in the store are never mutated: a write replaces them. Whoever reads one may keep it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

Json: TypeAlias = Any
"""What `json.loads` gives: a mapping, a list, a string, a number, a boolean or None."""

Manifest: TypeAlias = dict[str, Any]
"""One Kubernetes object."""

Manifests: TypeAlias = list[Manifest]
"""Objects, in an order that is part of the result."""

_GO_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


class Ref(NamedTuple):
    """What identifies an object: `namespace` is empty for a cluster-scoped one."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else self.short()

    def short(self) -> str:
        """Return the kind and the name alone."""
        return f"{self.kind} {self.name}"

    @property
    def inner_key(self) -> str:
        """The key under which hook requests of version v2 hold an object."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def ref(manifest: Manifest) -> Ref:
    """Return the identity of an object; absent fields are empty."""
    metadata = manifest.get("metadata") or {}
    return Ref(
        manifest.get("apiVersion") or "",
        manifest.get("kind") or "",
        metadata.get("namespace") or "",
        metadata.get("name") or "",
    )


def labels(manifest: Manifest) -> dict[str, str]:
    """Return the object's labels; never None."""
    return manifest["metadata"].get("labels") or {}


def annotations(manifest: Manifest) -> dict[str, str]:
    """Return the object's annotations; never None."""
    return manifest["metadata"].get("annotations") or {}


def finalizers(manifest: Manifest) -> list[str]:
    """Return the object's finalizers; never None."""
    return manifest["metadata"].get("finalizers") or []


def is_deleting(manifest: Manifest) -> bool:
    """Say whether the object waits for its finalizers."""
    return bool(manifest["metadata"].get("deletionTimestamp"))


def owner_references(manifest: Manifest) -> list[Manifest]:
    """Return the object's owner references; never None."""
    return manifest["metadata"].get("ownerReferences") or []


def controller_of(manifest: Manifest) -> Manifest | None:
    """Return the owner reference that is marked `controller: true`, if there is one."""
    return next((each for each in owner_references(manifest) if each.get("controller")), None)


def controller_reference(owner: Manifest) -> Manifest:
    """Return the reference by which an owner controls a dependent."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def group_of(api_version: str) -> str:
    """Return the API group: empty for the core group."""
    return api_version.rpartition("/")[0]


def same(left: Json, right: Json) -> bool:
    """Compare as Go's `reflect.DeepEqual` does on decoded JSON: 1, 1.0 and True all differ."""
    if left is right:
        return True
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(key in right and same(value, right[key]) for key, value in left.items())
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


def differences(left: Json, right: Json, path: str = "") -> Iterator[str]:
    """Yield the paths at which two values differ, in order; the deepest path of each."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            here = f"{path}.{key}" if path else key
            if key not in left or key not in right:
                yield here
            else:
                yield from differences(left[key], right[key], here)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif not same(left, right):
        yield path


def value_at(value: Json, path: str) -> Json:
    """Return what is at a path that `differences` has yielded; None if nothing is."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and index and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value


def as_stored(value: Json) -> Json:
    """Copy a value as JSON carries it to the API server and back: 1.0 arrives as 1."""
    if isinstance(value, dict):
        return {str(key): as_stored(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_stored(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def dumps(value: Json) -> str:
    """Write JSON as Go's `encoding/json` does: sorted, compact, UTF-8, `<`, `>`, `&` escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character, escape in _GO_ESCAPES.items():
        text = text.replace(character, escape)  # ten times as fast as str.translate
    return text


def without(mapping: Mapping[str, Json], *keys: str) -> Manifest:
    """Copy a mapping but for some of its keys."""
    return {key: value for key, value in mapping.items() if key not in keys}
