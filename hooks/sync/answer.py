"""How an answer is put together, the same for every kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hooks.conditions import Condition, to_status
from hooks.manifest import JOB, POD, STATEFUL_SET, Manifest
from hooks.observe import claims, jobs, pods
from hooks.observe.applied import echo
from hooks.observe.podless import seconds_until_podless
from hooks.observe.request import Observed
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.steps.outcome import Outcome

_MADE_ELSEWHERE = {"conditions", "observedGeneration"}


@dataclass(frozen=True)
class Desired:
    """The answer of a sync hook.

    Attributes:
        status: the whole of the parent's new status; Metacontroller replaces the old one.
        children: every child that is to be. A child that is left out is deleted.
        resync_after: seconds until the hook wants to be asked again; 0 for never.
    """

    status: Manifest
    children: list[Manifest] = field(default_factory=list)
    resync_after: int = 0


def answer(
    observed: Observed,
    *,
    steps: Sequence[Outcome],
    fields: Mapping[str, Any],
    remaining: Iterable[Manifest],
    settings: Settings,
) -> Desired:
    """Return the answer of a sync hook.

    Args:
        observed: the call.
        steps: what the kind's steps have come to, in the order in which they are reached.
        fields: the rest of the status; a value of None is left out.
        remaining: children that remain beside those of the steps. Finished Jobs are added for as
            long as their logs are kept.
        settings: how long that is.
    """
    current = [*(child for step in steps for child in step.children), *remaining]
    stay, wakes = jobs.retained(observed, current=current, keep=settings.jobs.keep_finished)
    lasting = pods.wakes(observed.relations(POD), observed.now)
    made = [*observed.living(JOB), *observed.living(STATEFUL_SET)]
    refused = seconds_until_podless(made, observed.now)
    return Desired(
        status=_status(observed, [step.condition for step in steps], fields),
        children=_distinct([*current, *stay]),
        resync_after=min([*wakes, *lasting, *refused], default=0),
    )


def invalid(observed: Observed, problem: str, *, types: Sequence[str]) -> Desired:
    """Return the answer for an object that breaks a rule: it says so, and all else remains.

    Args:
        observed: the call.
        problem: what is wrong, in a sentence.
        types: the kind's conditions but `Ready`.
    """
    message = f"{problem} Nothing is changed until it is corrected."
    steps = [Condition(each, "False", Reason.INVALID_CONFIGURATION, message) for each in types]
    status = {
        key: value
        for key, value in (observed.parent.get("status") or {}).items()
        if key not in _MADE_ELSEWHERE
    }
    return Desired(_status(observed, steps, status), _distinct(everything(observed)))


def everything(observed: Observed) -> list[Manifest]:
    """Return every child as it is."""
    return [*claims.every_kept(observed), *map(echo, observed.every_child())]


def _distinct(children: Iterable[Manifest]) -> list[Manifest]:
    """Return the children sorted by kind and name; of two with one name the first counts."""
    by_name: dict[tuple[str, str], Manifest] = {}
    for child in children:
        by_name.setdefault((child["kind"], child["metadata"]["name"]), child)
    return [by_name[key] for key in sorted(by_name)]


def _status(observed: Observed, steps: Sequence[Condition], fields: Mapping[str, Any]) -> Manifest:
    status = observed.parent.get("status") or {}
    previous = {each.get("type"): each for each in status.get("conditions") or []}
    return {
        **{key: value for key, value in fields.items() if value is not None},
        "conditions": to_status(
            steps,
            previous=previous,
            generation=observed.parent["metadata"].get("generation", 0),
            now=observed.now,
        ),
    }
