"""What every object has in its `metadata`, and what the API server refuses there.

Source: `ObjectMeta` in the API's types, and its validation in k8s.io/apimachinery.
"""

import re
from collections.abc import Mapping
from typing import Any

from metacontroller_offline.objects import Manifest
from metacontroller_offline.schema import unknown_fields, violations

_STRING = {"type": "string"}
_MAP = {"type": "object", "additionalProperties": _STRING}
_INTEGER = {"type": "integer"}
_BOOLEAN = {"type": "boolean"}

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {**_STRING, "minLength": 1},
        "generateName": _STRING,
        "namespace": _STRING,
        "selfLink": _STRING,
        "uid": _STRING,
        "resourceVersion": _STRING,
        "generation": _INTEGER,
        "creationTimestamp": _STRING,
        "deletionTimestamp": _STRING,
        "deletionGracePeriodSeconds": _INTEGER,
        "labels": _MAP,
        "annotations": _MAP,
        "finalizers": {"type": "array", "items": _STRING},
        "managedFields": {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}},
        "ownerReferences": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["apiVersion", "kind", "name", "uid"],
                "properties": {
                    **dict.fromkeys(("apiVersion", "kind", "name", "uid"), _STRING),
                    **dict.fromkeys(("controller", "blockOwnerDeletion"), _BOOLEAN),
                },
            },
        },
    },
}

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_KEY = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LIMIT = 63
_MAPS = ("labels", "annotations")
_PREFIX_LIMIT = 253


def as_go_reads(manifest: Manifest) -> Manifest:
    """Return an object with its metadata as Go reads it: null is absent, or empty in a map."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return manifest
    given = {key: value for key, value in metadata.items() if value is not None}
    for part in _MAPS:
        if isinstance(given.get(part), dict):
            filled = {key: "" if each is None else each for key, each in given[part].items()}
            given[part] = filled
    return {**manifest, "metadata": given}


def metadata_violations(manifest: Manifest) -> list[str]:
    """Return what is wrong with the form of an object's metadata, a sentence each.

    Args:
        manifest: an object, as `as_go_reads` returns it.
    """
    given = manifest.get("metadata")
    if given is None:
        return ["metadata: Required value"]
    found = violations(given, SCHEMA, "metadata")
    if found or not isinstance(given, dict):
        return found
    found = [f"{each}: unknown field" for each in unknown_fields(given, SCHEMA, "metadata")]
    namespace = given.get("namespace", "")
    if namespace and not (_NAMESPACE.fullmatch(namespace) and len(namespace) <= _LIMIT):
        found.append(f"metadata.namespace: Invalid value: {namespace!r}: must be a DNS label")
    for part in _MAPS:
        for key in given.get(part) or {}:
            # Keys of annotations are read without regard to case.
            if not _is_qualified(key if part == "labels" else key.lower()):
                found.append(f"metadata.{part}: Invalid value: {key!r}: must be a qualified name")
    for each in given.get("finalizers") or []:
        if not _is_qualified(each):
            found.append(f"metadata.finalizers: Invalid value: {each!r}: must be a qualified name")
    return found


def _is_qualified(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    if slash and not (_PREFIX.fullmatch(prefix) and len(prefix) <= _PREFIX_LIMIT):
        return False
    return _KEY.fullmatch(name) is not None and len(name) <= _LIMIT
