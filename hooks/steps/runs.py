"""The engine for Jobs: what a run has come to.

A run is complete when the object's status says so: then no Job is needed, and the step does not ask
here. Or it is when one of its Jobs is. Otherwise the Job that computes it is one that is active,
the newest that failed, or a new one.
"""

from collections.abc import Sequence
from dataclasses import replace

from hooks import names
from hooks.address import Address
from hooks.conditions import Condition, Violation, kept
from hooks.manifest import JOB, Manifest
from hooks.observe import claims, pods
from hooks.observe.applied import echo
from hooks.observe.conflicts import name_conflict
from hooks.observe.jobs import active, is_active, is_complete, is_failed, is_given_up
from hooks.observe.request import Observed, labels
from hooks.observe.versions import supersedes
from hooks.platform import storage
from hooks.reasons import Reason
from hooks.run import Run
from hooks.step import Step
from hooks.steps.evicted import evicted
from hooks.steps.job_conditions import failure, not_ended, progress, running, stopping
from hooks.steps.outcome import Outcome, blocked, finished


def complete(run: Run, observed: Observed) -> Outcome | None:
    """Return the outcome of a run of which a Job is complete; None where none is.

    Such a run needs nothing any more: what its Job needed beside itself may go.
    """
    jobs = (job for job in _jobs(run, observed) if is_complete(job))
    job = next(jobs, None)
    return replace(finished(run.step, _result(job, run)), children=[echo(job)]) if job else None


def advance(
    run: Run,
    observed: Observed,
    fresh: Manifest | Violation,
    beside: Sequence[Manifest | Violation] = (),
) -> Outcome:
    """Return what a run that is not complete has come to.

    Args:
        run: what is to be computed.
        observed: the call.
        fresh: the Job that would be started now, or why none can be; one that exists is kept.
        beside: what the Job needs beside itself, such as a claim; one that exists is kept.
    """
    job = _current(run, observed)
    other = None if job else _of_another_run(run, observed)
    if other:
        return Outcome(running(run.step, observed, other), children=[echo(other)])
    refused = _refused(fresh, beside)
    by_patch = refused is not None and refused.reason == Reason.INVALID_PATCH
    needed = [claims.kept(child, observed) for child in beside if not isinstance(child, Violation)]
    if job is None and refused:
        return blocked(run.step, refused, needed if by_patch else [])
    if job is None:
        assert not isinstance(fresh, Violation)  # noqa: S101 - nothing is refused
        return _start(run, observed, fresh, needed)
    children = [echo(job), *needed]
    if is_active(job) and refused and by_patch:
        # The next Job would not be made; that is reported while this one continues.
        return blocked(run.step, kept(refused, runs=True), children)
    if is_failed(job):
        return Outcome(failure(run, observed, job, needed), children=children)
    too_often = evicted(run, job, observed)
    stays = not too_often or not is_given_up(job, observed)  # it goes once the status says why
    return Outcome(
        too_often or running(run.step, observed, job), children=children if stays else needed
    )


def _refused(
    fresh: Manifest | Violation, beside: Sequence[Manifest | Violation]
) -> Violation | None:
    """Return why no Job can start: first what no patch causes, then the first patch."""
    violations = [child for child in (*beside, fresh) if isinstance(child, Violation)]
    return min(
        violations, key=lambda violation: violation.reason == Reason.INVALID_PATCH, default=None
    )


def _current(run: Run, observed: Observed) -> Manifest | None:
    """Return the Job that computes the run, or None if a new one is to start."""
    jobs = _jobs(run, observed)
    active = next((job for job in jobs if is_active(job)), None)
    if active is not None:
        return active
    tried = {labels(job).get(names.ATTEMPT, "") for job in jobs}
    return pods.newest(jobs) if not run.attempt or run.attempt in tried else None


def _jobs(run: Run, observed: Observed) -> list[Manifest]:
    """Return the Jobs of a run, by name."""
    return [
        job
        for job in observed.living(JOB)
        if labels(job).get(names.STEP) == run.step and labels(job).get(names.RUN) == run.id
    ]


def _of_another_run(run: Run, observed: Observed) -> Manifest | None:
    """Return an active Job of another run of this step that this call does not supersede."""
    return next(
        (
            job
            for job in active(observed)
            if labels(job).get(names.STEP) == run.step and not supersedes(run.seen, job)
        ),
        None,
    )


def _start(run: Run, observed: Observed, fresh: Manifest, needed: list[Manifest]) -> Outcome:
    waits = (
        evicted(run, fresh, observed)
        or not_ended(run, observed)
        or _of_one_name(run.step, fresh, observed)
    )
    if waits:
        return Outcome(waits, children=needed)
    # A Job whose claim is another's would write into that, so it waits until its own is there.
    taken = name_conflict(needed, observed)
    children = [*needed, *([] if taken else [fresh])]
    conflict = taken or name_conflict(children, observed)
    if conflict:
        return blocked(run.step, conflict, children)
    return Outcome(progress(run.step, fresh), children=children)


def _result(job: Manifest, run: Run) -> str:
    """Return where a Job's result is: as it says itself, unless it cannot be this run's."""
    result = str((job["metadata"].get("annotations") or {}).get(names.RESULT))
    if "://" not in run.result:
        return result if names.image_run(result) == run.id else run.result
    try:
        storage.for_url(result)
    except storage.UnknownStorageError:
        return run.result
    return result if Address(result).run == run.id else run.result


def _of_one_name(step: Step, fresh: Manifest, observed: Observed) -> Condition | None:
    """Return that a Job has the name of the fresh one, which holds a part of its run's id alone."""
    name = fresh["metadata"]["name"]
    return stopping(step, f"Job {name}, of another run,") if observed.child(JOB, name) else None
