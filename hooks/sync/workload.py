"""StatefulSets: what to ask of one that runs, and whether it does what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from hooks import names
from hooks.conditions import Condition, Violation
from hooks.platform.sizing import Fit
from hooks.reasons import Reason
from hooks.sync import pods
from hooks.sync.conflicts import kind_key, name_conflict
from hooks.sync.observed import POD, STATEFUL_SET, Manifest, Observed, applied, echo, is_applied

_IMMUTABLE = ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates")


@dataclass(frozen=True)
class Words:
    """How a workload speaks: its condition's type, its reasons, and what it is."""

    type: str
    not_ready: Reason
    ready: Reason
    what: str


def frozen(fresh: Manifest, observed: Observed) -> Manifest:
    """Return a StatefulSet with the fields that cannot change as the existing one has them."""
    child = observed.child(STATEFUL_SET, fresh["metadata"]["name"])
    spec = (applied(child) or {}).get("spec") if child else None
    selected = ((spec or {}).get("selector") or {}).get("matchLabels")
    if not spec or not selected:  # there is none, or its record was edited by hand
        return fresh
    kept = {key: spec[key] for key in _IMMUTABLE if key in spec}
    template = fresh["spec"]["template"]
    labels = {**template["metadata"]["labels"], **selected}
    metadata = {**template["metadata"], "labels": labels}
    own = {key: value for key, value in fresh["spec"].items() if key not in _IMMUTABLE}
    return {**fresh, "spec": {**own, **kept, "template": {**template, "metadata": metadata}}}


def as_it_runs(name: str, observed: Observed, *, replicas: int | None = None) -> list[Manifest]:
    """Return the StatefulSet as it is, at most with other replicas; nothing if there is none."""
    child = observed.child(STATEFUL_SET, name)
    if child is None:
        return []
    desired = echo(child)
    if replicas is None or "spec" not in desired:
        return [desired]
    return [{**desired, "spec": {**desired["spec"], "replicas": replicas}}]


def running(
    desired: Sequence[Manifest],
    observed: Observed,
    words: Words,
    *,
    fit: Fit | Violation | None,
) -> Condition:
    """Return whether every child is there as it is desired, and the Pod is ready.

    Args:
        desired: the children, among them one StatefulSet; empty while the Model is not ready.
        observed: the call.
        words: how the condition speaks.
        fit: what the Pod gets, or why nothing can hold the Model; None if there is no Model.
    """
    if isinstance(fit, Violation):
        kept = " What runs is kept as it is." if desired else ""
        return Condition(words.type, fit.status, fit.reason, fit.message + kept)
    if not desired:
        return Condition(
            words.type, "Unknown", Reason.PENDING, f"{words.what} waits for the Model."
        )
    conflict = name_conflict(desired, observed)
    if conflict:
        return Condition(words.type, conflict.status, conflict.reason, conflict.message)
    stateful_set = next(each for each in desired if each["kind"] == "StatefulSet")
    violation = (
        _not_there(desired, observed, words)
        or _not_applied(desired, observed, words)
        or _not_seen(stateful_set, observed, words)
        or _suspended(stateful_set)
        or _not_ready(stateful_set, observed, words)
    )
    if violation:
        return Condition(words.type, violation.status, violation.reason, violation.message)
    name = stateful_set["metadata"]["name"]
    return Condition(words.type, "True", words.ready, f"{words.what} runs as StatefulSet {name}.")


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


def _suspended(desired: Manifest) -> Violation | None:
    if (desired.get("spec") or {}).get("replicas") != 0:
        return None
    return Violation(
        Reason.SUSPENDED, "spec.suspend is true: no Pod runs. The claim and what is on it are kept."
    )


def _not_ready(desired: Manifest, observed: Observed, words: Words) -> Violation | None:
    """Return why the Pod of the newest revision is not ready yet."""
    found = _found(desired, observed)
    status = found.get("status") or {}
    replicas = (found.get("spec") or {}).get("replicas", 1)
    current = status.get("updateRevision") == status.get("currentRevision")
    updated = replicas if current else status.get("updatedReplicas") or 0
    if updated >= replicas and (status.get("readyReplicas") or 0) >= replicas:
        return None
    pod = _pod(found, observed)
    if pod is None:
        return _starting(desired, words)
    trouble = pods.stuck(pod)
    if trouble:
        return Violation(trouble.reason, f"{words.what} waits. {trouble.message}")
    slow = pods.slow(pod, observed.now)
    if slow:
        return Violation(words.not_ready, f"{words.what} waits. {slow}")
    return _starting(desired, words)


def _starting(desired: Manifest, words: Words) -> Violation:
    """Return that the Pod is on its way; the same all the way, as each change is a write."""
    pod = names.only_pod(desired["metadata"]["name"])
    return Violation(
        words.not_ready, f"{words.what} starts; 'kubectl describe pod {pod}' shows its progress."
    )


def _pod(stateful_set: Manifest, observed: Observed) -> Manifest | None:
    uid = stateful_set["metadata"].get("uid")
    return pods.newest(
        [
            pod
            for pod in observed.relations(POD)
            if any(each.get("uid") == uid for each in pod["metadata"].get("ownerReferences") or [])
        ]
    )


def _found(desired: Manifest, observed: Observed) -> Manifest:
    """Return the observed StatefulSet, which `_not_there` has shown to be there."""
    return observed.children[STATEFUL_SET][f"{observed.namespace}/{desired['metadata']['name']}"]
