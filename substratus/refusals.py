"""What an API server would refuse of an object, offline: the CRDs' schema and their CEL rules.

The schema is that of the CRDs. CEL is not evaluated: each rule of the API is declared once, as CEL
for the API server and in Python for the hooks, and the Python is asked here. All commands ask this
one, so that each has the same verdict.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from metacontroller_offline import objectmeta
from metacontroller_offline.admission import object_violations
from metacontroller_offline.objectmeta import as_go_reads, metadata_violations
from metacontroller_offline.schema import prune, unknown_fields, violations
from pydantic import ValidationError

from hooks.api import API_VERSION, GROUP
from hooks.api.rules import sentences
from substratus.manifests import crds
from substratus.objects import KINDS
from substratus.wording.paths import schema_at, value_at
from substratus.wording.schema import in_words, unknown_field
from substratus.wording.values import near, shown

Manifest = dict[str, Any]

_INDEX = re.compile(r"\[(\d+)\]")
_UNKNOWN = ": unknown field"
_DOTTED = re.compile(r"\.(\d+)(?=\.|$)")
_SECRET = re.compile(r"(^|\.)env\[\d+\]\.value$")
_WHOLE = "The object"


def is_meant(document: Manifest) -> bool:
    """Return whether an object is meant to be one of the four kinds, even if wrongly."""
    group = str(document.get("apiVersion") or "").partition("/")[0]
    if group in {"", "v1"}:
        return document.get("kind") in KINDS
    return group == GROUP or bool(near(group, [GROUP]))


def refusals(document: Manifest) -> list[str]:
    """Return why `kubectl apply` of an object would fail; empty if it would not.

    As `kubectl` does, a field that the schema does not know counts as an error.

    Args:
        document: an object of the group, in a namespace.

    Returns:
        `field: what is wrong and what is legal` each, without a full stop.
    """
    kind = document.get("kind")
    if document.get("apiVersion") != API_VERSION:
        return [_api_version(document.get("apiVersion"))]
    if kind not in KINDS:
        known = ", ".join(KINDS)
        if kind is None:
            return [f"kind: it is missing; write one of {known}"]
        return [f"kind: {API_VERSION} has no {shown(kind)}{near(kind, KINDS)}, but {known}"]
    document = as_go_reads(document)
    metadata = _metadata(document)
    if metadata:
        return metadata
    schema = _schemas()[kind]
    found = [
        unknown_field(each, schema)
        for each in unknown_fields(document, schema)
        if not each.startswith("metadata.")
    ]
    stored = prune({key: document[key] for key in document if key != "status"}, schema, root=True)
    found += [_in_words(each, stored, schema) for each in violations(stored, schema)]
    return [*found, *_broken_rules(stored, kind, seen=found)]


@cache
def _schemas() -> Mapping[str, Manifest]:
    return {
        each["spec"]["names"]["kind"]: each["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        for each in crds()
    }


def _api_version(given: object) -> str:
    if not given:
        return f"apiVersion: it is missing; write {API_VERSION}"
    return f"apiVersion: {shown(given)} is not known; write {API_VERSION}"


def _metadata(document: Manifest) -> list[str]:
    schema = {"properties": {"metadata": objectmeta.SCHEMA}}
    return [
        unknown_field(each.removesuffix(_UNKNOWN), schema)
        if each.endswith(_UNKNOWN)
        else _in_words(each, document, schema)
        for each in metadata_violations(document) or object_violations(document)
    ]


def _in_words(raw: str, document: Manifest, schema: Mapping[str, Any]) -> str:
    path = raw.partition(": ")[0]
    return in_words(raw, value_at(document, path), schema_at(schema, path))


def _broken_rules(stored: Manifest, kind: str, *, seen: list[str]) -> list[str]:
    """Return the rules of the API that an object breaks, but for fields that are wrong already."""
    fields = {each.partition(":")[0] for each in seen}
    try:
        KINDS[kind].model_validate(stored)
    except ValidationError as error:
        broken = sentences(error)
    else:
        return []
    return [
        _quoting(each, stored)
        for each in broken
        if not any(_below(_place(each), field) for field in fields)
    ]


def _quoting(sentence: str, stored: Manifest) -> str:
    """Return a rule's sentence with the value, unless that may be a secret."""
    path, _, said = sentence.rstrip(".").partition(": ")
    if path == _WHOLE:
        return said
    path = _DOTTED.sub(r"[\1]", path)
    value = value_at(stored, path)
    if not isinstance(value, str | int | float) or _SECRET.search(path) or "@" in str(value):
        return f"{path}: {said}"
    return f"{path}: {shown(value)}: {said}"


def _place(sentence: str) -> str:
    return sentence.partition(":")[0]


def _below(place: str, field: str) -> bool:
    dotted = _INDEX.sub(r".\1", field)
    return f"{place}.".startswith(f"{dotted}.")
