"""Custom resources against their schema: what is dropped, filled in and refused."""

import pytest
from metacontroller_offline.schema import prune, unknown_fields, violations

STRING = {"type": "string"}
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def an_object(**properties):
    return {"type": "object", "properties": properties}


PRUNED = {
    "an unknown field": ({"a": "x", "b": 1}, an_object(a=STRING), {"a": "x"}),
    "a default": ({}, an_object(a={**STRING, "default": "x"}), {"a": "x"}),
    "a null that may not be": ({"a": None}, an_object(a=STRING), {}),
    "a null that may be": ({"a": None}, an_object(a={**STRING, "nullable": True}), {"a": None}),
    "a map": ({"a": "x"}, {"type": "object", "additionalProperties": STRING}, {"a": "x"}),
    "an open object": ({"a": 1}, OPEN, {"a": 1}),
    "items of a list": (
        [{"a": "x", "b": 1}],
        {"type": "array", "items": an_object(a=STRING)},
        [{"a": "x"}],
    ),
    "a float without a fraction": ({"a": 1.0}, an_object(a={"type": "integer"}), {"a": 1}),
}


@pytest.mark.parametrize(("value", "schema", "stored"), PRUNED.values(), ids=PRUNED)
def test_what_is_stored(value, schema, stored):
    assert prune(value, schema) == stored


REFUSED = {
    "a wrong type": (1, STRING, "must be of type string"),
    "a required field": ({}, {"type": "object", "required": ["a"]}, "a: Required value"),
    "not in the enumeration": ("z", {**STRING, "enum": ["a"]}, "Unsupported value"),
    "not of the pattern": ("z", {**STRING, "pattern": "^a$"}, "should match"),
    "a last newline": ("a\n", {**STRING, "pattern": "^a$"}, "should match"),
    "too small": (0, {"type": "integer", "minimum": 1}, "at least 1"),
    "too large": (9, {"type": "integer", "maximum": 1}, "at most 1"),
    "no multiple": (3, {"type": "integer", "multipleOf": 2}, "multiple of 2"),
    "too short": ("", {**STRING, "minLength": 1}, "at least 1 length"),
    "too many items": ([1, 2], {"type": "array", "maxItems": 1}, "at most 1 items"),
    "too many properties": ({"a": 1}, {**OPEN, "maxProperties": 0}, "at most 0 properties"),
    "an item twice in a set": (
        ["a", "a"],
        {"type": "array", "x-kubernetes-list-type": "set"},
        "Duplicate value",
    ),
    "a key twice in a map": (
        [{"n": 1}, {"n": 1}],
        {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"]},
        "Duplicate value",
    ),
    "none of the branches": (1, {"anyOf": [STRING, {"type": "boolean"}]}, "must match anyOf"),
    "two of one": (1, {"oneOf": [{"type": "integer"}, {"type": "number"}]}, "must match oneOf"),
    "what must not be": (1, {"not": {"type": "integer"}}, "must not match"),
    "a part of all": (1, {"allOf": [{"minimum": 5}]}, "at least 5"),
    "neither integer nor string": (1.5, {"x-kubernetes-int-or-string": True}, "integer or string"),
    "null": (None, STRING, "is null"),
}


@pytest.mark.parametrize(("value", "schema", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(value, schema, sentence):
    assert sentence in violations(value, schema, "x")[0]


def test_unknown_fields_are_named_by_their_path():
    schema = an_object(a={"type": "array", "items": an_object(b=STRING)}, o=OPEN)
    value = {"a": [{"b": "x", "c": 1}], "o": {"free": 1}, "z": 1}
    assert unknown_fields(value, schema) == ["a[0].c", "z"]
