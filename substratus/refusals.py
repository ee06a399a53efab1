"""What an API server would refuse of an object, offline: the CRDs' schema and their CEL rules.

The schema is that of the CRDs. CEL is not evaluated: each rule of the API is declared once, as CEL
for the API server and in Python for the hooks, and the Python is asked here.
"""

import re
from typing import Any

from metacontroller_offline.admission import object_violations
from metacontroller_offline.objectmeta import as_go_reads, metadata_violations
from metacontroller_offline.schema import prune, unknown_fields, violations
from pydantic import ValidationError

from hooks.api import API_VERSION, GROUP
from hooks.api.rules import sentences
from substratus.files import KINDS
from substratus.manifests import crds

Manifest = dict[str, Any]

_SCHEMAS = {
    each["spec"]["names"]["kind"]: each["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    for each in crds()
}
_INDEX = re.compile(r"\[(\d+)\]")


def is_of_the_group(document: Manifest) -> bool:
    """Return whether an object is meant to be one of the four kinds, even if wrongly."""
    return str(document.get("apiVersion", "")).partition("/")[0] == GROUP


def refusals(document: Manifest) -> list[str]:
    """Return why `kubectl apply` of an object would fail, a sentence each; empty if it would not.

    As `kubectl` does, a field that the schema does not know counts as an error.

    Args:
        document: an object of the group, in a namespace.
    """
    kind = document.get("kind")
    if document.get("apiVersion") != API_VERSION or kind not in KINDS:
        known = ", ".join(KINDS)
        return [f"There is no kind {kind!r} in {document['apiVersion']}. {API_VERSION} has {known}"]
    document = as_go_reads(document)
    found = metadata_violations(document)
    if found:
        return found
    found = object_violations(document)
    schema = _SCHEMAS[kind]
    found += [f"{each}: unknown field" for each in unknown_fields(document, schema)]
    stored = prune({key: document[key] for key in document if key != "status"}, schema, root=True)
    found += violations(stored, schema)
    return [*found, *_broken_rules(stored, kind, told=found)]


def _broken_rules(stored: Manifest, kind: str, *, told: list[str]) -> list[str]:
    """Return the rules of the API that an object breaks, but for fields that are told already."""
    fields = {each.partition(":")[0] for each in told}
    try:
        KINDS[kind].model_validate(stored)
    except ValidationError as error:
        found = sentences(error)
    else:
        return []
    return [each for each in found if not any(_below(_place(each), field) for field in fields)]


def _place(sentence: str) -> str:
    return sentence.partition(":")[0]


def _below(place: str, field: str) -> bool:
    dotted = _INDEX.sub(r".\1", field)
    return f"{place}.".startswith(f"{dotted}.")
