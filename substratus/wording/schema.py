"""What a schema refuses.

The offline API server says it as the real one does, with JSON's types and regular expressions. Here
each is said again for whoever wrote the file.
"""

import re
from collections.abc import Sequence

from substratus.wording.metadata import metadata
from substratus.wording.paths import Schema, schema_at
from substratus.wording.types import wrong_type
from substratus.wording.values import listed, near, shown

_SIZE = re.compile(r"must have at (least|most) (\d+) (length|items|properties), has (\d+)")
_PARTS = {"length": "characters", "items": "items", "properties": "entries"}
_FIXED = {
    "Required value": "it is required, and missing",
    "is null": "it has no value (null): give it one, or leave it out",
}


def unknown_field(path: str, schema: Schema) -> str:
    """Return `path: what to say` of a field that no schema knows."""
    above, _, name = path.rpartition(".")
    known = sorted(schema_at(schema, above).get("properties", {}))
    instead = near(name, known) or _elsewhere(name, schema, "") or _legal(above, known)
    return f"{path}: there is no such field{instead}"


def _elsewhere(name: str, schema: Schema, path: str) -> str:
    """Return where in `spec` a field of this name is; empty if it is nowhere."""
    for each, below in schema.get("properties", {}).items():
        at = f"{path}.{each}" if path else each
        if not at.startswith("spec"):
            continue
        if name in below.get("properties", {}):
            return f"; {at} has one"
        if found := _elsewhere(name, below, at):
            return found
    return ""


def _legal(above: str, known: Sequence[str]) -> str:
    return f"; {above or 'an object'} has {listed(known)}" if known else ""


def in_words(raw: str, value: object, schema: Schema) -> str:
    """Return the offline API server's sentence about a value again, in a person's words.

    Args:
        raw: `path: what is wrong`.
        value: the value at that path.
        schema: the schema of that value.
    """
    path, _, said = raw.partition(": ")
    words = _FIXED.get(said) or _of_value(said, value, schema) or metadata(path, said)
    return f"{path}: {words}"


def _of_value(said: str, value: object, schema: Schema) -> str:
    if said.startswith("must be of type"):
        return wrong_type(value, said.split()[4].rstrip(","))
    if said.startswith("Unsupported value") and "enum" in schema:
        legal = [str(each) for each in schema["enum"]]
        return f"{shown(value)} is not one of {listed(legal)}{near(value, legal)}"
    if found := _SIZE.search(said):
        word = "too many" if found[1] == "most" else "too few"
        return f"{found[4]} {_PARTS[found[3]]} are {word}: at {found[1]} {found[2]}"
    if " should be " in said:
        return f"{shown(value)} is not legal: it must be {said.rpartition(' should be ')[2]}"
    return ""
