"""StatefulSets: what to ask of one that runs, and whether it does what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from hooks import names
from hooks.conditions import Condition, Violation, kept
from hooks.reasons import Reason
from hooks.sync import claims, pods
from hooks.sync.conflicts import kind_key, name_conflict
from hooks.sync.observed import (
    CLAIM,
    POD,
    STATEFUL_SET,
    Manifest,
    Observed,
    applied,
    echo,
    is_applied,
)
from hooks.sync.podless import podless

_IMMUTABLE = ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates")


@dataclass(frozen=True)
class Words:
    """How a workload speaks: its condition's type, its reasons, what it is, and why none runs."""

    type: str
    not_ready: Reason
    ready: Reason
    what: str
    none: Violation


@dataclass(frozen=True)
class Wanted:
    """What is to run.

    Attributes:
        children: a StatefulSet and what it needs beside itself; empty where nothing runs yet.
        violation: why it is not as the spec asks for, if it cannot be.
    """

    children: list[Manifest]
    violation: Violation | None = None


def desired(
    fresh: Manifest | Violation | None,
    beside: Sequence[Manifest | Violation],
    observed: Observed,
    *,
    name: str,
    replicas: int,
) -> Wanted:
    """Return the children that are to be. Where the StatefulSet cannot be, the one there stays.

    Args:
        fresh: the StatefulSet, why there can be none, or None if there is no Model.
        beside: the Service and the claim, or why they cannot be.
        observed: the call.
        name: the StatefulSet's name.
        replicas: how many Pods are asked for. What runs without its Model is scaled too.
    """
    violations = [each for each in (fresh, *beside) if isinstance(each, Violation)]
    as_patched = all(each.reason != Reason.INVALID_PATCH for each in violations)
    around = [each for each in beside if not isinstance(each, Violation) and as_patched]
    there = [claims.kept(each, observed) for each in around]
    # One whose claim is another's is not started: it would write into that.
    taken = name_conflict([each for each in there if kind_key(each) == CLAIM], observed)
    if isinstance(fresh, dict) and not violations and not taken:
        stateful_set = [frozen(fresh, observed)]
    else:
        stateful_set = as_it_runs(name, observed, replicas=replicas)
    children = [*stateful_set, *there] if stateful_set or taken else []
    return Wanted(children, violations[0] if violations else None)


def frozen(fresh: Manifest, observed: Observed) -> Manifest:
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


def as_it_runs(name: str, observed: Observed, *, replicas: int) -> list[Manifest]:
    """Return the StatefulSet as it is, at most with other replicas; nothing if there is none."""
    child = observed.child(STATEFUL_SET, name)
    if child is None:
        return []
    echoed = echo(child)
    if "spec" not in echoed:
        return [echoed]
    return [{**echoed, "spec": {**echoed["spec"], "replicas": replicas}}]


def running(wanted: Wanted, observed: Observed, words: Words) -> Condition:
    """Return whether every child is there as it is wanted, and a Pod is ready.

    Args:
        wanted: what is to run.
        observed: the call.
        words: how the condition speaks.
    """
    children = wanted.children
    if wanted.violation:
        told = kept(wanted.violation, runs=bool(children))
        return Condition(words.type, told.status, told.reason, told.message)
    if not children:
        return Condition(
            words.type, "Unknown", Reason.PENDING, f"{words.what} waits for the Model."
        )
    conflict = name_conflict(children, observed)
    if conflict:
        return Condition(words.type, conflict.status, conflict.reason, conflict.message)
    stateful_set = next(each for each in children if each["kind"] == "StatefulSet")
    violation = (
        _not_there(children, observed, words)
        or _not_applied(children, observed, words)
        or _not_seen(stateful_set, observed, words)
        or _none_asked(stateful_set, words)
        or _not_ready(stateful_set, observed, words)
    )
    if violation:
        return Condition(words.type, violation.status, violation.reason, violation.message)
    name, partly = stateful_set["metadata"]["name"], _partly(stateful_set, observed)
    message = f"{words.what} runs as StatefulSet {name}.{partly}"
    return Condition(words.type, "True", words.ready, message)


def _not_there(desired: Sequence[Manifest], observed: Observed, words: Words) -> Violation | None:
    for child in desired:
        kind, name = child["kind"], child["metadata"]["name"]
        if observed.child(kind_key(child), name) is None:
            return Violation(
                words.not_ready,
                f"{kind} {name} is about to be made. If it is not, the API server refuses it: "
                "the events that 'kubectl describe' shows say why.",
            )
    return None


def _not_applied(desired: Sequence[Manifest], observed: Observed, words: Words) -> Violation | None:
    for child in desired:
        kind, name = child["kind"], child["metadata"]["name"]
        found = observed.child(kind_key(child), name)
        if found and applied(found) and not is_applied(child, found):
            return Violation(
                words.not_ready,
                f"{kind} {name} is about to be changed. If it is not, the API server refuses the "
                "change: the events that 'kubectl describe' shows say why.",
            )
    return None


def _not_seen(desired: Manifest, observed: Observed, words: Words) -> Violation | None:
    """Return that the status of the StatefulSet speaks of an older generation."""
    found = _found(desired, observed)
    seen = (found.get("status") or {}).get("observedGeneration") or 0
    if seen >= (found["metadata"].get("generation") or 0):
        return None
    return _starting(desired, words)


def _none_asked(desired: Manifest, words: Words) -> Violation | None:
    return words.none if (desired.get("spec") or {}).get("replicas") == 0 else None


def _not_ready(desired: Manifest, observed: Observed, words: Words) -> Violation | None:
    """Return why no Pod of the newest revision is ready yet, or not all Pods are of it."""
    found = _found(desired, observed)
    status = found.get("status") or {}
    replicas = (found.get("spec") or {}).get("replicas", 1)
    current = status.get("updateRevision") == status.get("currentRevision")
    updated = replicas if current else status.get("updatedReplicas") or 0
    if updated >= replicas and (status.get("readyReplicas") or 0) > 0:
        return None
    refused = podless(found, observed.now)
    if refused:
        return Violation(words.not_ready, f"{words.what} waits. {refused}")
    for pod in _pods(found, observed):
        trouble = pods.stuck(pod)
        if trouble:
            return Violation(trouble.reason, f"{words.what} waits. {trouble.message}")
        slow = pods.slow(pod, observed.now)
        if slow:
            return Violation(words.not_ready, f"{words.what} waits. {slow}")
    return _starting(desired, words)


def _partly(desired: Manifest, observed: Observed) -> str:
    """Return how many Pods of several are ready, and what holds up the others, if not all are.

    While it is scaled up it serves: only its message tells of the Pods that are on their way.
    """
    found = _found(desired, observed)
    replicas = (found.get("spec") or {}).get("replicas", 1)
    ready = (found.get("status") or {}).get("readyReplicas") or 0
    if ready >= replicas:
        return ""
    troubles = (pods.stuck(pod) for pod in _pods(found, observed))
    why = next((f" {each.message}" for each in troubles if each), "")
    return f" {ready} of {replicas} Pods are ready.{why}"


def _starting(desired: Manifest, words: Words) -> Violation:
    """Return that the Pod is on its way; the same all the way, as each change is a write."""
    pod = names.only_pod(desired["metadata"]["name"])
    return Violation(
        words.not_ready, f"{words.what} starts; 'kubectl describe pod {pod}' shows its progress."
    )


def _pods(stateful_set: Manifest, observed: Observed) -> list[Manifest]:
    """Return the Pods of a StatefulSet, the newest first."""
    uid = stateful_set["metadata"].get("uid")
    own = [
        pod
        for pod in observed.relations(POD)
        if any(each.get("uid") == uid for each in pod["metadata"].get("ownerReferences") or [])
    ]
    return sorted(own, key=pods.age, reverse=True)


def _found(desired: Manifest, observed: Observed) -> Manifest:
    """Return the observed StatefulSet, which `_not_there` has shown to be there."""
    return observed.children[STATEFUL_SET][f"{observed.namespace}/{desired['metadata']['name']}"]
