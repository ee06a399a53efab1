"""From Pydantic's JSON schema to the structural schema that the API server takes.

Structural: no references, no `anyOf` for what may be absent, no titles, nothing that the API
server would refuse or leave out.
"""

from typing import Any

from pydantic import BaseModel

from hooks.api.rules import ObjectRule, RuledType, Type, validations

Schema = dict[str, Any]

_DROPPED = {"title", "default", "$defs"}
_ORDER = (
    "description",
    "type",
    "format",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "maxProperties",
    "required",
    "properties",
    "items",
    "additionalProperties",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-validations",
)


def structural(model: type[BaseModel]) -> Schema:
    """Return the schema of a type, complete in itself."""
    schema = model.model_json_schema(by_alias=True)
    return _ordered(_inline(schema, schema.get("$defs", {}), _rules(model)))


def _rules(model: type[BaseModel]) -> dict[str, list[ObjectRule]]:
    """Return the rules of a type and of all types in it, by their names."""
    found: dict[str, list[ObjectRule]] = {}
    for each in [model, *_subclasses(Type)]:
        if issubclass(each, RuledType) and each is not RuledType:
            found[each.__name__] = list(each.rules)
    return found


def _subclasses(base: type[Type]) -> list[type[Type]]:
    return [each for child in base.__subclasses__() for each in (child, *_subclasses(child))]


def _inline(schema: Schema, types: dict[str, Schema], rules: dict[str, list[ObjectRule]]) -> Schema:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        own = {key: value for key, value in schema.items() if key not in _DROPPED | {"$ref"}}
        return {**_inline(types[name], types, rules), **own}
    if "anyOf" in schema:
        given = [each for each in schema["anyOf"] if each.get("type") != "null"]
        own = {key: value for key, value in schema.items() if key not in _DROPPED | {"anyOf"}}
        return {**_inline(given[0], types, rules), **own}
    found = {key: value for key, value in schema.items() if key not in _DROPPED}
    if "properties" in found:
        found["properties"] = {
            name: _inline(each, types, rules) for name, each in found["properties"].items()
        }
        found |= validations(rules.get(schema.get("title", ""), []))
    if "items" in found:
        found["items"] = _inline(found["items"], types, rules)
    if isinstance(found.get("additionalProperties"), dict):
        found["additionalProperties"] = _inline(found["additionalProperties"], types, rules)
    else:
        found.pop("additionalProperties", None)
    return found


def _ordered(schema: Schema) -> Schema:
    """Return a schema that reads alike everywhere: what it is first, its rules last."""
    places = {key: place for place, key in enumerate(_ORDER)}
    last = len(places)
    found = {key: schema[key] for key in sorted(schema, key=lambda key: places.get(key, last))}
    if "properties" in found:
        found["properties"] = {name: _ordered(each) for name, each in found["properties"].items()}
    if "items" in found:
        found["items"] = _ordered(found["items"])
    return found
