"""How an answer is put together, the same for every kind."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hooks import names
from hooks.conditions import Condition, to_status
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import claims, jobs, pods
from hooks.sync.desired import Desired, Rule, distinct
from hooks.sync.observed import JOB, POD, STATEFUL_SET, Manifest, Observed, echo
from hooks.sync.podless import seconds_until_podless

_MADE_ELSEWHERE = {"conditions", "observedGeneration"}


def answer(
    observed: Observed,
    *,
    steps: Sequence[Condition],
    fields: Mapping[str, Any],
    children: Iterable[Manifest],
    settings: Settings,
) -> Desired:
    """Return the answer of a sync hook.

    Args:
        observed: the call.
        steps: the kind's conditions but `Ready`, in the order in which they are reached.
        fields: the rest of the status; a value of None is left out.
        children: the children that the steps need. Finished Jobs are added for as long as their
            logs are kept.
        settings: how long that is.
    """
    current = list(children)
    stay, wakes = jobs.retained(observed, current=current, keep=settings.jobs.keep_finished)
    slow = pods.seconds_until_slow(observed.relations(POD), observed.now)
    made = [*observed.living(JOB), *observed.living(STATEFUL_SET)]
    refused = seconds_until_podless(made, observed.now)
    return Desired(
        status=_status(observed, steps, fields),
        children=distinct([*current, *stay]),
        resync_after=min([*wakes, *slow, *refused], default=0),
    )


def invalid(observed: Observed, problem: str, *, types: Sequence[str]) -> Desired:
    """Return the answer for an object that breaks a rule: it says so, and all else stays.

    Args:
        observed: the call.
        problem: what is wrong, in a sentence.
        types: the kind's conditions but `Ready`.
    """
    message = f"{problem} Nothing is changed until it is corrected."
    steps = [Condition(each, "False", Reason.INVALID_CONFIGURATION, message) for each in types]
    kept = {
        key: value
        for key, value in (observed.parent.get("status") or {}).items()
        if key not in _MADE_ELSEWHERE
    }
    return Desired(status=_status(observed, steps, kept), children=everything(observed))


def everything(observed: Observed) -> list[Manifest]:
    """Return every child as it is."""
    return distinct([*claims.every_kept(observed), *map(echo, observed.every_child())])


def own_pods(parent: Manifest) -> Rule:
    """Return the rule for the Pods of the parent's children, which say why something fails."""
    return _own(parent, "v1", "pods")


def own_jobs(parent: Manifest) -> Rule:
    """Return the rule for Jobs with the parent's label: one whose owner is gone is a conflict."""
    return _own(parent, "batch/v1", "jobs")


def own_claims(parent: Manifest) -> Rule:
    """Return the rule for claims with the parent's label, for the same reason."""
    return _own(parent, "v1", "persistentvolumeclaims")


def named(parent: Manifest, api_version: str, resource: str, *given: str) -> Rule:
    """Return the rule for objects of these names in the parent's namespace.

    Where a name is known it is better than a label: Metacontroller holds every change of an object
    against the rules of every parent, and a selector takes it several times as long as a name.
    """
    return Rule(api_version, resource, parent["metadata"]["namespace"], names=given)


def _own(parent: Manifest, api_version: str, resource: str) -> Rule:
    metadata = parent["metadata"]
    selector = names.owner_labels(parent["kind"], metadata["name"])
    return Rule(api_version, resource, metadata["namespace"], match_labels=tuple(selector.items()))


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
