"""Jobs: what one says of itself, and how long one stays."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from hooks import names
from hooks.manifest import JOB, Manifest
from hooks.observe.applied import echo
from hooks.observe.request import Observed, condition, labels, timestamp
from hooks.observe.versions import Versions, supersedes
from hooks.reasons import Reason


def is_complete(job: Manifest) -> bool:
    """Return whether a Job says of itself that it succeeded."""
    return condition(job, "Complete").get("status") == "True"


def is_failed(job: Manifest) -> bool:
    """Return whether a Job says of itself that it failed for good."""
    return condition(job, "Failed").get("status") == "True"


def is_active(job: Manifest) -> bool:
    """Return whether a Job is not over, be it suspended."""
    return not is_complete(job) and not is_failed(job)


def is_suspended(job: Manifest) -> bool:
    """Return whether a Job is not to run now."""
    return (job.get("spec") or {}).get("suspend") is True


def active(observed: Observed) -> list[Manifest]:
    """Return the Jobs that are not over, by name."""
    return [job for job in observed.living(JOB) if is_active(job)]


def is_given_up(job: Manifest, observed: Observed) -> bool:
    """Return whether the status says that the kubelet ended a Job's Pods too often to keep it."""
    conditions = (observed.parent.get("status") or {}).get("conditions") or []
    named = f" in Job {job['metadata']['name']}."
    return any(
        each.get("reason") == Reason.EVICTED and named in str(each.get("message"))
        for each in conditions
    )


def still_running(observed: Observed, runs: Collection[str], seen: Versions) -> list[Manifest]:
    """Return the Jobs that are not over and stay, as they are.

    They continue even where the step before theirs is no longer known to be complete, and where
    this call does not see more than the one that made them for another run.

    Args:
        observed: the call.
        runs: the ids of the runs that the object asks for, as this call sees it.
        seen: the versions of what decided them.
    """
    return [
        echo(job)
        for job in active(observed)
        if labels(job).get(names.RUN) in runs or not supersedes(seen, job)
        if not is_given_up(job, observed)
    ]


def retained(
    observed: Observed, *, current: Iterable[Manifest], keep: timedelta
) -> tuple[list[Manifest], list[int]]:
    """Return finished Jobs that stay for their logs, and the seconds until each one goes.

    A Job among `current` stays in any case. An active one that is not among them is not returned,
    and so it is deleted.
    """
    taken = {child["metadata"]["name"] for child in current if child["kind"] == "Job"}
    stay: list[Manifest] = []
    waits: list[int] = []
    for job in observed.living(JOB):
        over = _finished_at(job)
        if job["metadata"]["name"] in taken or over is None:
            continue
        left = (keep - (observed.now - over)).total_seconds()
        if left > 0:
            stay.append(echo(job))
            waits.append(int(left) + 1)
    return stay, waits


def _finished_at(job: Manifest) -> datetime | None:
    if is_complete(job):
        done = condition(job, "Complete").get("lastTransitionTime")
        return timestamp((job.get("status") or {}).get("completionTime") or done)
    return timestamp(condition(job, "Failed").get("lastTransitionTime")) if is_failed(job) else None
