"""The generated page of the settings: every key, from the sections themselves."""

from collections.abc import Iterator
from typing import Any

from hooks.settings import Settings

Schema = dict[str, Any]


def settings_page() -> Iterator[str]:
    """Yield the lines of docs/settings.md."""
    schema = Settings.model_json_schema(by_alias=True)
    yield "# Settings"
    yield ""
    yield "One YAML file, which `CONFIG` names; in a cluster it is `metacontroller/settings.yaml`."
    yield "Every key has a default. A wrong key or value stops the server with a sentence."
    yield ""
    yield "| key | type | default | description |"
    yield "| --- | --- | --- | --- |"
    for section, each in schema["properties"].items():
        yield from _setting(section, each, schema["$defs"])


def _setting(path: str, schema: Schema, types: dict[str, Schema]) -> Iterator[str]:
    (given,) = _alternatives(schema, types)[:1]
    item = _resolved(given.get("items", {}), types)
    if "properties" in given and not _is_optional(schema):
        yield from _keys(path, given, types)
        return
    kind = " or ".join(_type(each, types) for each in _alternatives(schema, types))
    default = "" if "properties" in given or "properties" in item else _default(schema)
    description = " ".join(schema.get("description", "").split())
    yield f"| `{path}` | {kind} | {default} | {description} |"
    yield from _keys(path, given, types)
    yield from _keys(f"{path}[]", item, types)


def _keys(path: str, schema: Schema, types: dict[str, Schema]) -> Iterator[str]:
    for name, each in schema.get("properties", {}).items():
        yield from _setting(f"{path}.{name}", each, types)


def _alternatives(schema: Schema, types: dict[str, Schema]) -> list[Schema]:
    """Return what a value may be, but for its absence."""
    given = [_resolved(each, types) for each in schema.get("anyOf", [schema])]
    return [each for each in given if each.get("type") != "null"]


def _is_optional(schema: Schema) -> bool:
    return any(each.get("type") == "null" for each in schema.get("anyOf", []))


def _resolved(schema: Schema, types: dict[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    return types[reference.rpartition("/")[2]] if reference else schema


def _type(schema: Schema, types: dict[str, Schema]) -> str:
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        item = _resolved(schema.get("items", {}), types)
        return "list" if "properties" in item else f"list of {item.get('type', 'any')}"
    if "additionalProperties" in schema and "properties" not in schema:
        values = _alternatives(schema["additionalProperties"], types)
        return f"map of {' or '.join(_type(each, types) for each in values)}"
    return "section" if "properties" in schema else str(schema.get("type", "any"))


def _default(schema: Schema) -> str:
    default = schema.get("default")
    if default in (None, {}, []):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
