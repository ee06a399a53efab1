"""The first change of a child that the list of what an object's patches may change has not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hooks import names
from hooks.manifest import Manifest
from hooks.patches.allowed import Each, Named, NewKeys, Rule, Value, allowed
from hooks.patches.checks import Shared
from hooks.patches.problem import Problem


def beyond(before: Manifest, after: Manifest, shared: Shared) -> Problem | None:
    """Return the first change that is not in the list; None where all are.

    Args:
        before: the child without the patches.
        after: the child with them, of the shape that `misshapen` checks.
        shared: what the settings name that is not the object's own.
    """
    rule = allowed(before["kind"], before["metadata"]["labels"].get(names.STEP))
    return next(_refused(before, after, rule, _At(shared)), None)


@dataclass(frozen=True)
class _At:
    """Where in a child: as a pointer with the names of items, and as one with their numbers."""

    shared: Shared
    pointer: str = ""
    place: str = ""

    def member(self, key: str) -> "_At":
        name = key.replace("~", "~0").replace("/", "~1")
        return _At(self.shared, f"{self.pointer}/{name}", f"{self.place}/{name}")

    def item(self, name: object, index: int) -> "_At":
        return _At(self.shared, f"{self.pointer}[{name}]", f"{self.place}/{index}")

    def problem(self, why: str | None = None) -> Problem:
        reason = f": {why}" if why else ""
        return Problem(
            self.place, f"only a patch of the settings may change {self.pointer}{reason}."
        )


def _refused(before: Any, after: Any, rule: Rule | None, at: _At) -> Iterator[Problem]:  # noqa: ANN401 - any JSON values
    if before == after:
        return
    if rule is None:
        yield at.problem()
    elif isinstance(rule, Value):
        why = rule.refused(after, at.shared) if rule.refused else None
        if why:
            yield at.problem(why)
    elif isinstance(rule, NewKeys):
        yield from _keys(before or {}, after, rule, at)
    elif isinstance(rule, Each):
        yield from _items(after, rule, at)
    elif isinstance(rule, Named):
        yield from _named(before or [], after, rule, at)
    else:
        yield from _members(before or {}, after, rule, at)


def _members(
    before: Any,  # noqa: ANN401 - any JSON values
    after: Any,  # noqa: ANN401
    rule: Mapping[str, Rule],
    at: _At,
) -> Iterator[Problem]:
    after = {} if after is None else after
    if not isinstance(after, dict):
        yield at.problem()
        return
    for key in sorted(before.keys() | after.keys()):
        yield from _refused(before.get(key), after.get(key), rule.get(key), at.member(key))


def _keys(before: Any, after: Any, rule: NewKeys, at: _At) -> Iterator[Problem]:  # noqa: ANN401 - any JSON values
    after = {} if after is None else after
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            why = None if key in before else rule.refused(key, at.shared)
            if key in before or why:
                yield at.member(key).problem(why)


def _items(after: Any, rule: Each, at: _At) -> Iterator[Problem]:  # noqa: ANN401 - any JSON value
    if after is not None and not isinstance(after, list):
        yield at.problem()
        return
    for index, each in enumerate(after or []):
        yield from _refused(None, each, rule.rule, at.item(index, index))


def _named(before: Any, after: Any, rule: Named, at: _At) -> Iterator[Problem]:  # noqa: ANN401 - any JSON values
    """Yield what may not be of a list of items with names; `misshapen` has checked that they have.

    A name that two have is nobody's: `misshapen` refuses it, or the API server does.
    """
    own = {each[rule.key]: each for each in before}
    given = after or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        yield at.problem()
        return
    if [each.get(rule.key) for each in given if each.get(rule.key) in own] != list(own):
        yield at.problem("what is there stays, in its order")
        return
    for index, each in enumerate(given):
        name = each.get(rule.key)
        here = at.item(name, index)
        if name in own:
            yield from _refused(own[name], each, rule.own, here)
            continue
        why = rule.refused(each, here.shared) if rule.new is not None and rule.refused else None
        yield from _refused(None, each, rule.new, here)
        if why:
            yield here.problem(why)
