"""A value of another type than its field has."""

import json
import re
from collections.abc import Callable, Mapping

from substratus.wording.values import shown

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a map",
    "array": "a list",
}
_GIVEN = {
    dict: "a map",
    list: "a list",
    bool: "the boolean",
    int: "the number",
    float: "the number",
}
_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMbBtTgG])i?[bB]?")
_SCALES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}


def wrong_type(value: object, wanted: str) -> str:
    """Return what to say of a value where the schema wants another type, and what to write."""
    kind = _GIVEN.get(type(value), "the text")
    instead = _instead_of_text(value, wanted) if isinstance(value, str) else ""
    if wanted == "string" and isinstance(value, bool | int | float):
        instead = f': write it in quotes, "{json.dumps(value)}"'
    return f"it must be {_TYPES.get(wanted, wanted)}, and is {kind} {shown(value)}{instead}"


def _instead_of_text(value: str, wanted: str) -> str:
    write = _INSTEAD.get(wanted)
    found = write(value.strip()) if write else ""
    return f": {found}" if found else ""


def _boolean(text: str) -> str:
    return f"write {text.lower()}, without quotes" if text.lower() in {"true", "false"} else ""


def _number(text: str) -> str:
    if text.isdigit():
        return f"write {text}, without quotes"
    scaled = _SCALED.fullmatch(text)
    if scaled is None:
        return ""
    return f"write {round(float(scaled[1]) * _SCALES[scaled[2].lower()])}"


def _list(text: str) -> str:
    del text
    return "write it as a list, with '- ' before each item"


_INSTEAD: Mapping[str, Callable[[str], str]] = {
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
    "array": _list,
}
