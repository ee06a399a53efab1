"""The engine for StatefulSets: what to ask of one that runs, and whether it does what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hooks import names
from hooks.conditions import Condition, Violation, kept
from hooks.manifest import CLAIM, STATEFUL_SET, Manifest, kind_key
from hooks.observe import claims, disruption, pods
from hooks.observe.applied import applied, echo, is_applied
from hooks.observe.conflicts import name_conflict
from hooks.observe.podless import podless
from hooks.observe.request import Observed, condition
from hooks.reasons import Reason
from hooks.step import Step
from hooks.steps.outcome import Outcome

_IMMUTABLE = ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates")


@dataclass(frozen=True)
class Workload:
    """What is to run.

    Attributes:
        step: the step that it is of.
        name: the StatefulSet's name.
        replicas: how many Pods are asked for. What runs without its Model is scaled too.
        none: why no Pod runs, where none is asked for.
        inputs: the hash of what its Pod template is made of; None where there is no Model.
    """

    step: Step
    name: str
    replicas: int
    none: Violation
    inputs: str | None


def advance(
    workload: Workload,
    observed: Observed,
    fresh: Manifest | Violation | None,
    beside: Sequence[Manifest | Violation],
) -> Outcome:
    """Return what has become of a StatefulSet and of what it needs beside itself.

    Args:
        workload: what is to run.
        observed: the call.
        fresh: the StatefulSet as it would be made now, why there can be none, or None if there is
            no Model. Where it cannot be, the one there remains.
        beside: the Service and the claim, or why they cannot be.
    """
    violation = next((each for each in (fresh, *beside) if isinstance(each, Violation)), None)
    children = _children(workload, observed, fresh, beside)
    if violation:
        reported = kept(violation, runs=bool(children))
        return Outcome(reported.of(workload.step.condition), children=children)
    return Outcome(_condition(workload, children, observed), children=children)


def _children(
    workload: Workload,
    observed: Observed,
    fresh: Manifest | Violation | None,
    beside: Sequence[Manifest | Violation],
) -> list[Manifest]:
    violations = [each for each in (fresh, *beside) if isinstance(each, Violation)]
    as_patched = all(each.reason != Reason.INVALID_PATCH for each in violations)
    needed = [
        claims.kept(child, observed)
        for child in beside
        if not isinstance(child, Violation) and as_patched
    ]
    # One whose claim is another's is not started: it would write into that.
    taken = name_conflict([child for child in needed if kind_key(child) == CLAIM], observed)
    if isinstance(fresh, dict) and not violations and not taken:
        stateful_set = [_held(_frozen(_marked(fresh, workload), observed), observed)]
    else:
        shared = all(each.reason != Reason.STORAGE_NOT_SHARED for each in violations)
        stateful_set = _as_it_runs(workload, observed, scaled=shared)
    return [*stateful_set, *needed] if stateful_set or taken else []


def _frozen(fresh: Manifest, observed: Observed) -> Manifest:
    """Return a StatefulSet with the fields that cannot change as the existing one has them."""
    child = observed.child(STATEFUL_SET, fresh["metadata"]["name"])
    spec = (applied(child) or {}).get("spec") if child else None
    selected = ((spec or {}).get("selector") or {}).get("matchLabels")
    if not spec or not selected:  # there is none, or its record was edited by hand
        return fresh
    fixed = {key: spec[key] for key in _IMMUTABLE if key in spec}
    template = fresh["spec"]["template"]
    labels = {**template["metadata"]["labels"], **selected}
    metadata = {**template["metadata"], "labels": labels}
    own = {key: value for key, value in fresh["spec"].items() if key not in _IMMUTABLE}
    return {**fresh, "spec": {**own, **fixed, "template": {**template, "metadata": metadata}}}


def _marked(fresh: Manifest, workload: Workload) -> Manifest:
    """Return a StatefulSet with the hash of its template's inputs."""
    metadata = fresh["metadata"]
    annotations = {**metadata.get("annotations", {}), names.INPUTS: workload.inputs}
    return {**fresh, "metadata": {**metadata, "annotations": annotations}}


def _held(fresh: Manifest, observed: Observed) -> Manifest:
    """Return a StatefulSet with the template that it was given, while its inputs are the same.

    An upgrade of the hooks changes templates, and what runs is not restarted for it. Without Pods
    nothing is restarted.
    """
    child = observed.child(STATEFUL_SET, fresh["metadata"]["name"])
    record = applied(child) if child else None
    if child is None or record is None or _is_without_pods(child):
        return fresh
    inputs = (record["metadata"].get("annotations") or {}).get(names.INPUTS)
    template = (record.get("spec") or {}).get("template")
    if inputs != fresh["metadata"]["annotations"][names.INPUTS] or not template:
        return fresh
    return {**fresh, "spec": {**fresh["spec"], "template": template}}


def _is_without_pods(child: Manifest) -> bool:
    """Return whether a StatefulSet has no Pods; one that nobody has looked at yet may get some."""
    status = child.get("status") or {}
    return bool(status.get("observedGeneration")) and not status.get("replicas")


def _as_it_runs(workload: Workload, observed: Observed, *, scaled: bool) -> list[Manifest]:
    """Return the StatefulSet as it is, at most with other replicas; nothing if there is none."""
    child = observed.child(STATEFUL_SET, workload.name)
    if child is None:
        return []
    echoed = echo(child)
    if "spec" not in echoed or not scaled:
        return [echoed]
    return [{**echoed, "spec": {**echoed["spec"], "replicas": workload.replicas}}]


def _condition(workload: Workload, children: Sequence[Manifest], observed: Observed) -> Condition:
    """Return whether every child is there as it is wanted, and a Pod is ready."""
    step = workload.step
    if not children:
        message = f"{step.subject} waits for the Model."
        return Condition(step.condition, "Unknown", Reason.PENDING, message)
    conflict = name_conflict(children, observed)
    if conflict:
        return conflict.of(step.condition)
    stateful_set = next(child for child in children if child["kind"] == "StatefulSet")
    violation = (
        _not_there(children, observed, step)
        or _not_applied(children, observed, step)
        or _not_seen(stateful_set, observed, step)
        or (_none_runs(workload, stateful_set, observed) if _is_none_asked(stateful_set) else None)
        or _not_ready(stateful_set, observed, step)
    )
    if violation:
        return violation.of(step.condition)
    partly = _partly(stateful_set, observed)
    message = f"{step.subject} runs as StatefulSet {workload.name}.{partly}"
    return Condition(step.condition, "True", step.done, message)


def _not_there(children: Sequence[Manifest], observed: Observed, step: Step) -> Violation | None:
    for child in children:
        kind, name = child["kind"], child["metadata"]["name"]
        if observed.child(kind_key(child), name) is None:
            return Violation(
                step.running,
                f"{kind} {name} is about to be made. If it is not, the API server refuses it: "
                "the events that 'kubectl describe' shows say why.",
            )
    return None


def _not_applied(children: Sequence[Manifest], observed: Observed, step: Step) -> Violation | None:
    for child in children:
        kind, name = child["kind"], child["metadata"]["name"]
        existing = observed.child(kind_key(child), name)
        if existing and applied(existing) and not is_applied(child, existing):
            return Violation(
                step.running,
                f"{kind} {name} is about to be changed. If it is not, the API server refuses the "
                "change: the events that 'kubectl describe' shows say why.",
            )
    return None


def _not_seen(desired: Manifest, observed: Observed, step: Step) -> Violation | None:
    """Return that the status of the StatefulSet speaks of an older generation."""
    existing = _existing(desired, observed)
    seen = (existing.get("status") or {}).get("observedGeneration") or 0
    if seen >= (existing["metadata"].get("generation") or 0):
        return None
    if _is_none_asked(desired):
        return Violation(Reason.STOPPING, f"{step.subject} stops.")
    return _starting(desired, step)


def _is_none_asked(desired: Manifest) -> bool:
    return (desired.get("spec") or {}).get("replicas") == 0


def _none_runs(workload: Workload, desired: Manifest, observed: Observed) -> Violation:
    """Return that no Pod runs, as none is asked for, or that one of them still does."""
    subject = workload.step.subject
    for pod in observed.pods(_existing(desired, observed)):
        lost = disruption.lost(pod, observed.now)
        if lost:
            return Violation(lost.reason, f"{subject} stops. {lost.message}")
        if not disruption.is_over(pod):
            name = pod["metadata"]["name"]
            return Violation(Reason.STOPPING, f"{subject} stops: Pod {name} has not ended.")
    return workload.none


def _not_ready(desired: Manifest, observed: Observed, step: Step) -> Violation | None:
    """Return why no Pod of the newest revision is ready yet, or not all Pods are of it."""
    existing = _existing(desired, observed)
    status = existing.get("status") or {}
    replicas = (existing.get("spec") or {}).get("replicas", 1)
    current = status.get("updateRevision") == status.get("currentRevision")
    updated = replicas if current else status.get("updatedReplicas") or 0
    ready = status.get("readyReplicas") or 0
    if updated >= replicas and ready > 0:
        return None
    serving = f" {ready} of {replicas} Pods are ready meanwhile." if ready else ""
    held_up = _held_up(existing, observed, step)
    if held_up:
        return replace(held_up, message=f"{step.subject} waits. {held_up.message}{serving}")
    if ready:
        message = f"{step.subject} is updated, Pod by Pod: {updated} of {replicas} are as asked."
        return Violation(Reason.ROLLING_UPDATE, message + serving)
    return _starting(desired, step)


def _held_up(existing: Manifest, observed: Observed, step: Step) -> Violation | None:
    """Return what keeps the Pods of a StatefulSet from being ready, or that there is none."""
    found = _newest_first(existing, observed)
    ended = disruption.between_pods(existing, condition(observed.parent, step.condition))
    if ended and not found:
        return Violation(ended.reason, ended.message)
    refused = podless(existing, observed.now)
    if refused:
        return Violation(step.running, refused)
    for pod in found:
        trouble = pods.stuck(pod, observed.now)
        if trouble:
            return Violation(trouble.reason, trouble.message)
        slow = pods.slow(pod, observed.now)
        if slow:
            return Violation(step.running, slow)
    return None


def _partly(desired: Manifest, observed: Observed) -> str:
    """Return how many Pods of several are ready, and what holds up the others, if not all are.

    While it is scaled up it serves: only its message speaks of the Pods that are on their way.
    """
    existing = _existing(desired, observed)
    replicas = (existing.get("spec") or {}).get("replicas", 1)
    ready = (existing.get("status") or {}).get("readyReplicas") or 0
    if ready >= replicas:
        return ""
    troubles = (pods.stuck(pod, observed.now) for pod in _newest_first(existing, observed))
    why = next((f" {trouble.message}" for trouble in troubles if trouble), "")
    return f" {ready} of {replicas} Pods are ready.{why}"


def _starting(desired: Manifest, step: Step) -> Violation:
    """Return that the Pod is on its way; the same all the way, as each change is a write."""
    pod = names.only_pod(desired["metadata"]["name"])
    message = f"{step.subject} starts; 'kubectl describe pod {pod}' shows its progress."
    return Violation(step.running, message)


def _newest_first(stateful_set: Manifest, observed: Observed) -> list[Manifest]:
    return sorted(observed.pods(stateful_set), key=pods.age, reverse=True)


def _existing(desired: Manifest, observed: Observed) -> Manifest:
    """Return the observed StatefulSet, which `_not_there` has shown to be there."""
    return observed.children[STATEFUL_SET][f"{observed.namespace}/{desired['metadata']['name']}"]
