"""The CEL rules of CRDs (`x-kubernetes-validations`), evaluated by Google's own CEL.

The library is the extra `cel` of this package. It has the standard functions and those of strings,
optional values and bindings; a rule with any other function of Kubernetes (`isSorted`, `quantity`,
`url`, `ip` and the like) is refused when its CRD is applied.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from metacontroller_offline.errors import UnsupportedError
from metacontroller_offline.objects import Json, dumps

_RULES = "x-kubernetes-validations"
_EXTENSIONS = ("strings", "optional", "bindings", "math")


def is_available() -> bool:
    """Say whether the library is installed."""
    return find_spec("cel_expr_python") is not None


@cache
def _environment() -> Any:  # noqa: ANN401 - the library has no types for it
    cel: Any = import_module("cel_expr_python.cel")
    extensions = []
    for name in _EXTENSIONS:
        module: Any = import_module(f"cel_expr_python.ext.ext_{name}")
        extensions.append(getattr(module, f"Ext{name.capitalize()}")())
    kinds = {"self": cel.Type.DYN, "oldSelf": cel.Type.DYN}
    return cel.NewEnv(variables=kinds, extensions=extensions)


@cache
def _compiled(rule: str) -> Any:  # noqa: ANN401 - the same
    return _environment().compile(rule)


def _outcome(rule: str, data: Mapping[str, Json]) -> Json:
    """Return what a rule evaluates to; None if its evaluation fails."""
    result: Any = _compiled(rule).eval(data=dict(data))
    return result.value() if result.type().name() in {"BOOL", "STRING"} else None


def expect_rules(schema: Mapping[str, Any], crd: str) -> None:
    """Compile every rule of a schema.

    Raises:
        UnsupportedError: a rule uses what is not simulated, or is not CEL.
    """
    for rule in _all_rules(schema):
        try:
            _compiled(rule)
        except Exception as error:
            raise UnsupportedError(
                f"CRD {crd}: the rule {rule!r} cannot be evaluated here: {error}. "
                "Run the simulation with cel=False to leave all rules out."
            ) from error


def _all_rules(schema: Json) -> Iterator[str]:
    if isinstance(schema, dict):
        for each in schema.get(_RULES) or []:
            yield each["rule"]
        for key, below in schema.items():
            if key != _RULES:
                yield from _all_rules(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _all_rules(below)


def rule_violations(new: Json, old: Json, schema: Mapping[str, Any], path: str = "") -> list[str]:
    """Return which rules a value breaks, a sentence each.

    Args:
        new: the object as it is to be stored, or a part of it.
        old: the same part of what it replaces; None if there is none.
        schema: the schema for it.
        path: where it is.
    """
    return list(_broken(new, old, schema, path))


def _broken(new: Json, old: Json, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    for rule in schema.get(_RULES) or []:
        needs_old = "oldSelf" in rule["rule"]
        if needs_old and old is None:
            continue
        data = {"self": _typed(new, schema), "oldSelf": _typed(old, schema)}
        if _outcome(rule["rule"], data) is not True:
            yield f"{path}: Invalid value: {dumps(new)[:100]}: {_message(rule, data)}"
    if isinstance(new, dict):
        yield from _broken_object(new, old if isinstance(old, dict) else {}, schema, path)
    elif isinstance(new, list) and isinstance(schema.get("items"), dict):
        before = _by_key(old, schema)
        for index, each in enumerate(new):
            same_item = before.get(_key(each, schema))
            yield from _broken(each, same_item, schema["items"], f"{path}[{index}]")


def _broken_object(
    new: Json, old: Mapping[str, Json], schema: Mapping[str, Any], path: str
) -> Iterator[str]:
    properties = schema.get("properties") or {}
    additional = schema.get("additionalProperties")
    for key, each in new.items():
        below = properties.get(key, additional if isinstance(additional, dict) else None)
        if below is not None and not (not path and key == "metadata"):
            yield from _broken(each, old.get(key), below, f"{path}.{key}" if path else key)


def _message(rule: Mapping[str, Any], data: Mapping[str, Json]) -> str:
    expression = rule.get("messageExpression")
    if expression and isinstance(text := _outcome(expression, data), str):
        return text
    return str(rule.get("message") or f"failed rule: {rule['rule']}")


def _key(item: Json, schema: Mapping[str, Any]) -> str | None:
    """Return by what an item of a list is the same as before: only maps have that."""
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(item, dict):
        return None
    return dumps([item.get(name) for name in schema.get("x-kubernetes-list-map-keys") or []])


def _by_key(items: Json, schema: Mapping[str, Any]) -> dict[str | None, Json]:
    found = {_key(each, schema): each for each in items} if isinstance(items, list) else {}
    found.pop(None, None)
    return found


def _typed(value: Json, schema: Mapping[str, Any]) -> Json:
    """Return a value with the numbers that its schema says: to CEL 1 and 1.0 differ."""
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        additional = schema.get("additionalProperties")
        other = additional if isinstance(additional, dict) else {}
        return {key: _typed(each, properties.get(key, other)) for key, each in value.items()}
    if isinstance(value, list):
        return [_typed(each, schema.get("items") or {}) for each in value]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole and schema.get("type") == "number" else value
