"""The children of two versions, as a unified diff of their YAML."""

import difflib
from collections.abc import Iterator
from typing import Any

from hooks.dialect import as_yaml
from substratus.commands.diff.changes import Children, Place, keeps_its_template
from substratus.offline import step_of

Manifest = dict[str, Any]


def unified(before: Children, after: Children) -> str:
    """Return the difference; a Job that runs is compared with the one that it takes the place of.

    Args:
        before: the children at first.
        after: the children in the end.
    """
    return "".join(line for each in _pairs(before, after) for line in _difference(*each))


def _pairs(
    before: Children, after: Children
) -> Iterator[tuple[Place | None, Manifest, Place | None, Manifest]]:
    """Yield what is compared with what; nothing stands for a child that has no counterpart."""
    replaced = {place: _replaced(place, after[place], before) for place in after}
    gone = {place for place in before if place not in after and place[3] != "Job"}
    for place in sorted({*after, *gone}):
        old = replaced.get(place, place)
        new = place if place in after else None
        yield old, before[old] if old else {}, new, after.get(place, {})


def _replaced(place: Place, child: Manifest, before: Children) -> Place | None:
    if place in before:
        return place
    if place[3] != "Job":
        return None
    same = [
        each
        for each, other in before.items()
        if each[:4] == place[:4] and step_of(other) == step_of(child)
    ]
    return same[-1] if same else None


def _difference(
    old: Place | None, before: Manifest, new: Place | None, after: Manifest
) -> Iterator[str]:
    kept = keeps_its_template(before, after) if before and after else False
    later = ", with its next change" if kept else ""
    return difflib.unified_diff(_lines(before), _lines(after), _title(old), f"{_title(new)}{later}")


def _lines(child: Manifest) -> list[str]:
    return as_yaml(child).splitlines(keepends=True) if child else []


def _title(place: Place | None) -> str:
    if place is None:
        return "/dev/null"
    kind, namespace, name, child_kind, child = place
    return f"{namespace}/{kind.lower()}-{name}/{child_kind} {child}"
