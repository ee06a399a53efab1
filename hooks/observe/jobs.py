"""Jobs: what one says of itself, and how long one stays."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hooks import names
from hooks.manifest import JOB, Manifest
from hooks.observe.applied import echo
from hooks.observe.request import Observed, condition, labels, timestamp


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


def still_running(observed: Observed, run: str) -> list[Manifest]:
    """Return the Jobs that compute a run and are not over, as they are.

    They continue even where the step before theirs is no longer known to be complete.
    """
    return [
        echo(job)
        for job in observed.living(JOB)
        if labels(job).get(names.RUN) == run and is_active(job)
    ]


def retained(
    observed: Observed, *, current: Iterable[Manifest], keep: timedelta
) -> tuple[list[Manifest], list[int]]:
    """Return finished Jobs that stay for their logs, and the seconds until each one goes.

    A Job among `current` belongs to a present run and stays in any case. An active one that no run
    asks for any longer is not returned, and so it is deleted.
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
