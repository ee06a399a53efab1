"""What becomes of one child when a change is made, as a sentence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from metacontroller_offline.objects import differences

from hooks.names import INPUTS
from hooks.step import Step
from substratus.objects import Key
from substratus.offline import step_of

Manifest = dict[str, Any]
Place = tuple[str, ...]
"""The parent's kind, namespace and name, then the child's kind and name."""
Children = Mapping[Place, Manifest]

_MOST = 4
_TEMPLATE, _REPLICAS = "spec.template", "spec.replicas"


class Effect(StrEnum):
    """What happens to a child."""

    RUNS = "runs"
    ROLLS = "rolls"
    KEEPS = "keeps"
    STARTS = "starts"
    STOPS = "stops"
    SCALES = "scales"
    CHANGES = "changes"
    APPEARS = "appears"
    GONE = "gone"
    DELETED = "deleted"


_SENTENCES = {
    Effect.RUNS: "{child} would run: it {does} {parent}{again}.",
    Effect.ROLLS: "{child} of {parent} would roll, for {fields}.",
    Effect.KEEPS: (
        "{child} of {parent} keeps its template, since none of its inputs changes. The next change "
        "of one brings along {fields}."
    ),
    Effect.STARTS: "{child} of {parent} would start.",
    Effect.STOPS: "{child} of {parent} would stop; it is kept, without a Pod.",
    Effect.SCALES: "{child} of {parent} would have another number of Pods.",
    Effect.CHANGES: "{child} of {parent} would change in place, in {fields}.",
    Effect.APPEARS: "{child} of {parent} would be made.",
    Effect.GONE: "{parent} would be deleted, and what it owns.",
    Effect.DELETED: "{child} of {parent} would be deleted{lost}.",
}


@dataclass(frozen=True)
class Change:
    """What happens to one child.

    Attributes:
        effect: what happens.
        parent: whose child it is; the object itself where that is gone.
        step: the parent's step that it belongs to.
        kind: the child's kind.
        name: the child's name.
        again: whether the parent had a Job of this step already.
        fields: the paths that differ.
    """

    effect: Effect
    parent: Key
    step: Step | None
    kind: str
    name: str
    again: bool = False
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the sentence that says it."""
        data = self.kind == "PersistentVolumeClaim"
        return _SENTENCES[self.effect].format(
            child=f"{self.kind} {self.name}",
            parent=f"{self.parent[0]} {self.parent[1]}/{self.parent[2]}",
            does=self.step.verb if self.step else "",
            again=" again" if self.again else "",
            fields=self._differing,
            lost=", and what is on it unless its volume is retained" if data else "",
        )

    @property
    def _differing(self) -> str:
        shown = ", ".join(self.fields[:_MOST])
        more = len(self.fields) - _MOST
        return f"{shown} and {more} more" if more > 0 else shown


def changes(before: Children, after: Children, *, gone: Iterable[Key] = ()) -> list[Change]:
    """Return what happens to each child, the most costly first.

    A Job that is there before and not after is not reported: it is finished, and its result stays.

    Args:
        before: the children at first.
        after: the children in the end; a Job that was not there before has run.
        gone: the objects of the four kinds that are not in the new version.
    """
    found = [*_made(before, after), *_gone(before, after), *_altered(before, after)]
    found += [Change(Effect.GONE, each, None, each[0], each[2]) for each in gone]
    order, steps = [*Effect], [None, *Step]
    return sorted(
        found,
        key=lambda each: (
            order.index(each.effect),
            each.parent,
            steps.index(each.step),
            each.kind,
            each.name,
        ),
    )


def _change(effect: Effect, place: Place, child: Manifest, **others: Any) -> Change:  # noqa: ANN401 - of Change
    parent = (place[0], place[1], place[2])
    return Change(effect, parent, step_of(child), place[3], place[4], **others)


def _made(before: Children, after: Children) -> Iterator[Change]:
    ran = {(place[:3], step_of(child)) for place, child in before.items() if place[3] == "Job"}
    for place, child in after.items():
        if place in before:
            continue
        if place[3] == "Job":
            again = (place[:3], step_of(child)) in ran
            yield _change(Effect.RUNS, place, child, again=again)
        elif place[3] == "StatefulSet" and child["spec"].get("replicas", 1):
            yield _change(Effect.STARTS, place, child)
        else:
            yield _change(Effect.APPEARS, place, child)


def _gone(before: Children, after: Children) -> Iterator[Change]:
    for place, child in before.items():
        if place not in after and place[3] != "Job":
            yield _change(Effect.DELETED, place, child)


def _altered(before: Children, after: Children) -> Iterator[Change]:
    for place, new in after.items():
        old = before.get(place, new)
        # The hash of the inputs says no more than what differs beside it.
        fields = [each for each in differences(old, new) if not each.endswith(INPUTS)]
        # A Job is never changed: another run is another Job.
        if not fields or place[3] == "Job":
            continue
        effects = _of_stateful_set(old, new) if place[3] == "StatefulSet" else [Effect.CHANGES]
        for effect in effects:
            changed = tuple(each for each in fields if _is_reported_by(effect, each, effects))
            if changed:
                yield _change(effect, place, new, fields=changed)


def _of_stateful_set(old: Manifest, new: Manifest) -> Sequence[Effect]:
    was, is_ = _replicas(old), _replicas(new)
    found = []
    if keeps_its_template(old, new):
        found = [Effect.KEEPS, Effect.CHANGES]
    elif old["spec"]["template"] != new["spec"]["template"] and was and is_:
        found = [Effect.ROLLS]
    if was != is_:
        found.append(Effect.SCALES if was and is_ else Effect.STARTS if is_ else Effect.STOPS)
    return found or [Effect.CHANGES]


def _replicas(stateful_set: Manifest) -> int:
    return int(stateful_set["spec"].get("replicas", 1))


def keeps_its_template(old: Manifest, new: Manifest) -> bool:
    """Return whether a child is a StatefulSet with Pods whose template differs and is kept.

    It is kept while the hash of its inputs is alike; one without a hash takes the new template.
    """
    if old["kind"] != "StatefulSet" or not (_replicas(old) and _replicas(new)):
        return False
    if old["spec"]["template"] == new["spec"]["template"]:
        return False
    inputs = [(each["metadata"].get("annotations") or {}).get(INPUTS) for each in (old, new)]
    return inputs[0] is not None and inputs[0] == inputs[1]


def _is_reported_by(effect: Effect, field: str, effects: Sequence[Effect]) -> bool:
    """Return whether a field that differs belongs to one of several effects on a StatefulSet."""
    if Effect.KEEPS not in effects:
        return True
    if effect is Effect.KEEPS:
        return field.startswith(_TEMPLATE)
    if effect is Effect.CHANGES:
        return not field.startswith((_TEMPLATE, _REPLICAS))
    return field.startswith(_REPLICAS)
