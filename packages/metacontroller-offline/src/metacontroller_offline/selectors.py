"""Label selectors: `matchLabels` and `matchExpressions` as Kubernetes reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from metacontroller_offline.errors import OfflineError
from metacontroller_offline.objects import Json, Manifest

_OPERATORS = {"In", "NotIn", "Exists", "DoesNotExist"}


class SelectorError(OfflineError):
    """A label selector is not one."""


@dataclass(frozen=True)
class Requirement:
    """One of a selector's `matchExpressions`."""

    key: str
    operator: str
    values: frozenset[str]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels satisfy the requirement; NotIn holds for an absent key."""
        present = self.key in labels
        if self.operator == "Exists":
            return present
        if self.operator == "DoesNotExist":
            return not present
        inside = present and labels[self.key] in self.values
        return inside if self.operator == "In" else not inside


@dataclass(frozen=True)
class Selector:
    """All of its parts must hold; without parts it selects everything."""

    labels: Mapping[str, str] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it selects everything."""
        return not self.labels and not self.requirements

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels satisfy the selector."""
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(
            each.matches(labels) for each in self.requirements
        )


EVERYTHING = Selector()


def parse_selector(selector: Json, *, match_key: str = "matchLabels") -> Selector:
    """Read a label selector from a manifest.

    Args:
        selector: the mapping, or None, which selects everything.
        match_key: `matchAnnotations` for a DecoratorController's annotation selector.

    Raises:
        SelectorError: a field is unknown, or of the wrong type, or an operator lacks values.
    """
    if selector is None:
        return EVERYTHING
    if not isinstance(selector, dict):
        raise SelectorError(f"A label selector is an object, not {selector!r}.")
    if unknown := set(selector) - {match_key, "matchExpressions"}:
        raise SelectorError(f"Unknown field {min(unknown)!r} in a label selector.")
    labels = selector.get(match_key) or {}
    if not isinstance(labels, dict) or not all(isinstance(each, str) for each in labels.values()):
        raise SelectorError(f"{match_key} maps strings to strings; it is {labels!r}.")
    expressions = selector.get("matchExpressions") or []
    return Selector(labels, tuple(_requirement(each) for each in expressions))


def read_selector(text: str) -> Selector:
    """Read a label selector as `kubectl` takes it: `a=b,c!=d,e in (f,g),h,!i`.

    Raises:
        SelectorError: it is none.
    """
    expressions: list[Json] = []
    for part in re.split(r",(?![^(]*\))", text):
        found = _WRITTEN.fullmatch(part.strip())
        if found is None:
            raise SelectorError(f"{part!r} is not a requirement on labels: write key=value.")
        expressions.append(_written(found))
    return parse_selector({"matchExpressions": expressions})


_WRITTEN = re.compile(
    r"(?P<absent>!)?(?P<key>[\w./-]+)"
    r"(?:\s*(?P<sign>==?|!=)\s*(?P<value>[\w.-]*)|\s+(?P<word>in|notin)\s*\((?P<values>[^)]*)\))?"
)


def _written(found: re.Match[str]) -> Manifest:
    key = found["key"]
    if found["absent"]:
        return {"key": key, "operator": "DoesNotExist"}
    if found["sign"]:
        operator = "NotIn" if found["sign"] == "!=" else "In"
        return {"key": key, "operator": operator, "values": [found["value"]]}
    if found["word"]:
        operator = "In" if found["word"] == "in" else "NotIn"
        values = [each.strip() for each in found["values"].split(",")]
        return {"key": key, "operator": operator, "values": values}
    return {"key": key, "operator": "Exists"}


def _requirement(expression: Json) -> Requirement:
    if not isinstance(expression, dict) or set(expression) - {"key", "operator", "values"}:
        raise SelectorError(f"{expression!r} is not a requirement: it has key, operator, values.")
    operator, values = expression.get("operator"), expression.get("values") or []
    if operator not in _OPERATORS:
        raise SelectorError(
            f"{operator!r} is not an operator: use In, NotIn, Exists, DoesNotExist."
        )
    if (operator in {"In", "NotIn"}) != bool(values):
        raise SelectorError(f"{operator} with values {values!r}: only In and NotIn take values.")
    return Requirement(expression["key"], operator, frozenset(values))
