"""Jobs and StatefulSets whose Pods the API server refuses, which only their events say.

A quota, Pod Security or a service account that is missing would otherwise look like a long start.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hooks.manifest import Manifest
from hooks.observe.request import timestamp

_PATIENCE = timedelta(minutes=1)


def podless(found: Manifest, now: datetime) -> str | None:
    """Return a sentence on a Job or StatefulSet that has had no Pod for a minute, or None."""
    left = _seconds_left(found, now)
    if left is None or left > 0:
        return None
    kind, name = found["kind"], found["metadata"]["name"]
    return (
        f"{kind} {name} has no Pod: the API server refuses it. 'kubectl describe {kind.lower()} "
        f"{name}' has the events that say why, such as a service account that is missing, a quota "
        "or Pod Security."
    )


def seconds_until_podless(found: Iterable[Manifest], now: datetime) -> list[int]:
    """Return for each that has no Pod yet the seconds until `podless` reports it."""
    lefts = (_seconds_left(each, now) for each in found)
    return [int(left) + 1 for left in lefts if left is not None and left > 0]


def _seconds_left(found: Manifest, now: datetime) -> float | None:
    since = _job_since(found) if found["kind"] == "Job" else _stateful_set_since(found)
    return None if since is None else (_PATIENCE - (now - since)).total_seconds()


def _job_since(job: Manifest) -> datetime | None:
    """Return since when a Job is to have a Pod and never had one; None where it had."""
    status, spec = job.get("status") or {}, job.get("spec") or {}
    had = any(status.get(each) for each in ("active", "failed", "succeeded", "conditions"))
    return None if had or spec.get("suspend") else timestamp(status.get("startTime"))


def _stateful_set_since(stateful_set: Manifest) -> datetime | None:
    status, spec = stateful_set.get("status") or {}, stateful_set.get("spec") or {}
    seen = status.get("observedGeneration") == stateful_set["metadata"].get("generation")
    if not seen or status.get("replicas") or spec.get("replicas") == 0:
        return None
    return timestamp(stateful_set["metadata"].get("creationTimestamp"))
