"""What every object has in its `metadata`, and what the API server refuses there.

Source: `ObjectMeta` in the API's types, and its validation in k8s.io/apimachinery.
"""

import re
from collections.abc import Mapping
from typing import Any

from hooks.offline.objects import Json, Manifest
from hooks.offline.schema import unknown_fields, violations

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
_PREFIX_LIMIT = 253


def metadata_violations(manifest: Manifest) -> list[str]:
    """Return what is wrong with the form of an object's metadata, a sentence each."""
    metadata = manifest.get("metadata")
    given = _without_nulls(metadata) if isinstance(metadata, dict) else metadata
    if given is None:
        return ["metadata: Required value"]
    found = violations(given, SCHEMA, "metadata")
    if found or not isinstance(given, dict):
        return found
    found = [f"{each}: unknown field" for each in unknown_fields(given, SCHEMA, "metadata")]
    namespace = given.get("namespace", "")
    if namespace and not (_NAMESPACE.fullmatch(namespace) and len(namespace) <= _LIMIT):
        found.append(f"metadata.namespace: Invalid value: {namespace!r}: must be a DNS label")
    for part in ("labels", "annotations"):
        for key in given.get(part) or {}:
            # Keys of annotations are read without regard to case.
            if not _is_qualified(key if part == "labels" else key.lower()):
                found.append(f"metadata.{part}: Invalid value: {key!r}: must be a qualified name")
    for each in given.get("finalizers") or []:
        if not _is_qualified(each) or "/" not in each:
            found.append(f"metadata.finalizers: Invalid value: {each!r}: must be domain/name")
    return found


def _is_qualified(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    if slash and not (_PREFIX.fullmatch(prefix) and len(prefix) <= _PREFIX_LIMIT):
        return False
    return _KEY.fullmatch(name) is not None and len(name) <= _LIMIT


def _without_nulls(metadata: Mapping[str, Json]) -> Manifest:
    """Return the metadata as Go reads it: what is null is absent."""
    return {key: value for key, value in metadata.items() if value is not None}
