"""What is wrong with settings, in sentences: which key, which value, and what is legal."""

import difflib
import json
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

_LONGEST = 60
_TYPES = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a map",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "mapping_type": "a map",
    "model_attributes_type": "a map",
    "model_type": "a map",
    "string_type": "a text",
    "tuple_type": "a list",
}
"""What is wanted in words, by the type of Pydantic's error."""


def problems(error: ValidationError, root: type[BaseModel]) -> list[str]:
    """Return a sentence for each error of settings of the type `root`, without its full stop."""
    return [_sentence(each, root) for each in error.errors()]


def _sentence(error: ErrorDetails, root: type[BaseModel]) -> str:
    at = error["loc"]
    key = ".".join(map(str, at)) or "the settings"
    if error["type"] == "extra_forbidden":
        known = sorted(_keys(root, at[:-1]))
        legal = _near(str(at[-1]), known) or f"; legal here are {', '.join(known)}"
        return f"{key} is not a setting (got {_shown(error['input'])}){legal}"
    if error["type"] == "missing":
        return f"{key} is missing{_meaning(root, at)}"
    if error["type"] in _TYPES:
        return f"{key} must be {_TYPES[error['type']]} (got {_shown(error['input'])})"
    problem = error["msg"].removeprefix("Value error, ")
    if isinstance(error["input"], dict | list):
        return f"{key}: {problem}"
    meaning = _meaning(root, at) if error["type"] == "string_pattern_mismatch" else ""
    return f"{key}: {problem} (got {_shown(error['input'])}){meaning}"


def _shown(value: object) -> str:
    """Return a value as its YAML could have it, of a long one only the start."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def _near(name: str, known: list[str]) -> str:
    meant = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {meant[0]}?" if meant else ""


def _meaning(root: type[BaseModel], at: Location) -> str:
    field = _field(root, at)
    description = (field.description or "").rstrip(".") if field else ""
    return f": {description[:1].lower()}{description[1:]}" if description else ""


def _keys(root: type[BaseModel], at: Location) -> list[str]:
    section = root if not at else _section(_field(root, at))
    return [] if section is None else [_alias(*each) for each in section.model_fields.items()]


def _field(root: type[BaseModel], at: Location) -> FieldInfo | None:
    """Return the field at a location; positions in lists and keys of maps lead on."""
    section: type[BaseModel] | None = root
    found: FieldInfo | None = None
    for part in at:
        if isinstance(part, int) or section is None:
            continue
        found = next(
            (field for name, field in section.model_fields.items() if _alias(name, field) == part),
            None,
        )
        section = _section(found)
    return found


def _section(field: FieldInfo | None) -> type[BaseModel] | None:
    """Return the section that a field holds, be it one, a list of them, or none at all."""
    waiting: list[Any] = [field.annotation] if field else []
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
        waiting.extend(get_args(each))
    return None


def _alias(name: str, field: FieldInfo) -> str:
    return field.alias or name
