"""The CEL rules of the CRDs, evaluated by Google's own CEL, with RE2, as in the API server."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from cel_expr_python import cel
from metacontroller_offline.schema import prune
from schemas import SCHEMAS

# Without oldSelf: a rule about updates would not compile here, and would need a test of its own.
_ENVIRONMENT = cel.NewEnv(variables={"self": cel.Type.DYN})

Location = tuple[str | int, ...]


@cache
def _compiled(rule: str) -> cel.Expression:
    return _ENVIRONMENT.compile(rule)


def holds(rule: str, value: Any) -> bool:
    """Return whether a value follows a rule; an evaluation that fails is a refusal."""
    written = json.dumps(value, ensure_ascii=False)
    if r"\u0000" in written:
        # cel-expr-python 0.1.3 ends a variable's text at its first null, but not a literal's.
        outcome = _ENVIRONMENT.compile(f"[dyn({written})].all(self, {rule})").eval()
    else:
        outcome = _compiled(rule).eval(data={"self": value})
    return outcome.type().name() == "BOOL" and outcome.value()


def verdicts(manifest: dict) -> Iterator[tuple[Location, str, bool]]:
    """Yield each rule that the API server evaluates for an object: where, its message, its verdict.

    The rules of an object come after those of its fields.
    """
    schema = SCHEMAS[manifest["kind"]]
    yield from _verdicts(prune(manifest, schema, root=True), schema, ())


def _verdicts(value: Any, schema: dict, at: Location) -> Iterator[tuple[Location, str, bool]]:
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        for key, below in value.items():
            yield from _verdicts(below, properties.get(key, others), (*at, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _verdicts(below, schema.get("items", {}), (*at, index))
    for rule in schema.get("x-kubernetes-validations", ()):
        yield at, rule["message"], holds(rule["rule"], value)
