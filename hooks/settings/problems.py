"""What is wrong with settings, in sentences: which key, which value, and what is legal."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]


def problems(error: ValidationError, root: type[BaseModel]) -> list[str]:
    """Return a sentence for each error of settings of the type `root`, without its full stop."""
    return [_sentence(each, root) for each in error.errors()]


def _sentence(error: ErrorDetails, root: type[BaseModel]) -> str:
    at = error["loc"]
    key = ".".join(map(str, at)) or "the settings"
    if error["type"] == "extra_forbidden":
        legal = ", ".join(sorted(_keys(root, at[:-1])))
        return f"{key} is not a setting (got {error['input']!r}); legal here are {legal}"
    if error["type"] == "missing":
        return f"{key} is missing{_meaning(root, at)}"
    problem = error["msg"].removeprefix("Value error, ")
    if isinstance(error["input"], dict | list):
        return f"{key}: {problem}"
    meaning = _meaning(root, at) if error["type"] == "string_pattern_mismatch" else ""
    return f"{key}: {problem} (got {error['input']!r}){meaning}"


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
