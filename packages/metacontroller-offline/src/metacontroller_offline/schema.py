"""Custom resources against their CRD's schema: pruning, defaults, validation, as in the API server.

CEL rules (`x-kubernetes-validations`) are not evaluated.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from metacontroller_offline.objects import Json, Manifest, as_stored, dumps

_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_EMBEDDED = ("apiVersion", "kind", "metadata")

_TYPES: Mapping[str, Callable[[Json], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def prune(value: Json, schema: Mapping[str, Any], *, root: bool = False) -> Json:
    """Copy a value without what the schema does not know, and with its defaults.

    Args:
        value: the object, or a part of it.
        schema: the OpenAPI schema for it.
        root: whether the value is a whole object, of which `metadata` always stays.
    """
    if isinstance(value, dict):
        return _prune_object(value, schema, root=root)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [prune(each, schema["items"]) for each in value]
    return as_stored(value)


def _prune_object(value: Manifest, schema: Mapping[str, Any], *, root: bool) -> Manifest:
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    embedded = root or schema.get("x-kubernetes-embedded-resource")
    kept: Manifest = {}
    for key, each in value.items():
        if embedded and key in _EMBEDDED:
            kept[key] = as_stored(each)
        elif key in properties:
            below = properties[key]
            if each is None and not below.get("nullable"):
                continue
            kept[key] = prune(each, below)
        elif isinstance(additional, dict):
            kept[key] = prune(each, additional)
        elif schema.get(_PRESERVE) or additional is True:
            kept[key] = as_stored(each)
    for key, below in properties.items():
        if key not in kept and "default" in below:
            kept[key] = prune(below["default"], below)
    return kept


def unknown_fields(value: Json, schema: Mapping[str, Any], path: str = "") -> list[str]:
    """Return the paths of the fields that `prune` would leave out because no schema knows them.

    The API server drops these in silence, unless it is asked to be strict, as `kubectl` asks.
    """
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [
            each
            for index, item in enumerate(value)
            for each in unknown_fields(item, schema["items"], f"{path}[{index}]")
        ]
    if not isinstance(value, dict) or schema.get("type") not in {None, "object"}:
        return []
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    open_ = schema.get(_PRESERVE) or additional is True
    found: list[str] = []
    for key, each in value.items():
        at = f"{path}.{key}" if path else key
        below = properties.get(key, additional if isinstance(additional, dict) else None)
        if not path and key in _EMBEDDED:
            continue
        if below is not None:
            found += unknown_fields(each, below, at)
        elif not open_:
            found.append(at)
    return found


def violations(value: Json, schema: Mapping[str, Any], path: str = "") -> list[str]:
    """Return what is wrong with a value, a sentence each; empty if nothing is.

    Args:
        value: the object after pruning, or a part of it.
        schema: the OpenAPI schema for it.
        path: where the value is, for the sentences.
    """
    if value is None:
        return [] if schema.get("nullable") or schema.get(_PRESERVE) else [f"{path}: is null"]
    if wrong := _wrong_type(value, schema):
        return [f"{path}: must be of type {wrong}, not {type(value).__name__}"]
    found = [f"{path}: {each}" for each in _value_violations(value, schema)]
    if isinstance(value, dict):
        found += _object_violations(value, schema, path)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, each in enumerate(value):
            found += violations(each, schema["items"], f"{path}[{index}]")
    return found + _combined_violations(value, schema, path)


def _wrong_type(value: Json, schema: Mapping[str, Any]) -> str:
    if schema.get(_INT_OR_STRING):
        fits = _TYPES["integer"](value) or isinstance(value, str)
        return "" if fits else "integer or string"
    expected = schema.get("type")
    return "" if expected is None or _TYPES[expected](value) else str(expected)


def _object_violations(value: Manifest, schema: Mapping[str, Any], path: str) -> list[str]:
    prefix = f"{path}." if path else ""
    found = [
        f"{prefix}{key}: Required value" for key in schema.get("required") or [] if key not in value
    ]
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    for key, each in value.items():
        below = properties.get(key, additional if isinstance(additional, dict) else None)
        if below is not None and not (not path and key == "metadata"):
            found += violations(each, below, f"{prefix}{key}")
    return found


def _combined_violations(value: Json, schema: Mapping[str, Any], path: str) -> list[str]:
    found = []
    for below in schema.get("allOf") or []:
        found += violations(value, below, path)
    for word, allowed in (("anyOf", range(1, 10**6)), ("oneOf", range(1, 2))):
        branches = schema.get(word)
        if branches and sum(not violations(value, each, path) for each in branches) not in allowed:
            found.append(f"{path}: must match {word} of its schemas")
    if "not" in schema and not violations(value, schema["not"], path):
        found.append(f"{path}: must not match its `not` schema")
    return found


def _value_violations(value: Json, schema: Mapping[str, Any]) -> list[str]:
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"Unsupported value: {value!r}: supported values: {schema['enum']}")
    if isinstance(value, str):
        found += _string_violations(value, schema)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found += _number_violations(value, schema)
    elif isinstance(value, list):
        found += _size_violations(len(value), schema, "Items")
        found += _list_type_violations(value, schema)
    elif isinstance(value, dict):
        found += _size_violations(len(value), schema, "Properties")
    return found


def _string_violations(value: str, schema: Mapping[str, Any]) -> list[str]:
    found = _size_violations(len(value), schema, "Length")
    pattern = schema.get("pattern")
    if pattern is not None and not _compiled(pattern).search(value):
        found.append(f"Invalid value: {value!r}: should match '{pattern}'")
    return found


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    # In Go, `$` is the end of the text; in Python it is also before a last newline.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


def _size_violations(size: int, schema: Mapping[str, Any], what: str) -> list[str]:
    found = []
    if size < schema.get(f"min{what}", 0):
        found.append(f"must have at least {schema[f'min{what}']} {what.lower()}, has {size}")
    if size > schema.get(f"max{what}", size):
        found.append(f"must have at most {schema[f'max{what}']} {what.lower()}, has {size}")
    return found


def _number_violations(value: float, schema: Mapping[str, Any]) -> list[str]:
    found = []
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and (value <= low if schema.get("exclusiveMinimum") else value < low):
        found.append(f"Invalid value: {value}: should be at least {low}")
    if high is not None and (value >= high if schema.get("exclusiveMaximum") else value > high):
        found.append(f"Invalid value: {value}: should be at most {high}")
    step = schema.get("multipleOf")
    if step and value % step:
        found.append(f"Invalid value: {value}: should be a multiple of {step}")
    return found


def _list_type_violations(value: list[Json], schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("x-kubernetes-list-type")
    if kind == "set":
        keys = [dumps(each) for each in value]
    elif kind == "map" and all(isinstance(each, dict) for each in value):
        names = schema.get("x-kubernetes-list-map-keys") or []
        keys = [dumps([each.get(name) for name in names]) for each in value]
    else:
        return []
    return [
        f"Duplicate value: {key}" for key in sorted({key for key in keys if keys.count(key) > 1})
    ]
