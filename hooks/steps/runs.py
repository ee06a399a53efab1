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
from hooks.observe.jobs import is_active, is_complete, is_failed, is_suspended
from hooks.observe.podless import podless
from hooks.observe.request import Observed, condition, labels
from hooks.platform import storage
from hooks.reasons import Reason
from hooks.run import Run
from hooks.step import Step
from hooks.steps.outcome import Outcome, blocked, finished

_TRY_AGAIN = (
    "Fix the cause, then edit the spec, delete the Job "
    f"or set the annotation {names.RETRY} to a new value."
)

_RAISE_DEADLINE = (
    "Raise spec.deadlineSeconds, which counts for the next Job; then delete this one "
    f"or set the annotation {names.RETRY} to a new value."
)


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
        message = _failure(run, observed, job)
        return Outcome(
            Condition(run.step.condition, "False", run.step.failed, message), children=children
        )
    return Outcome(_running(run.step, observed, job), children=children)


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
        if labels(job).get(names.STEP) == run.step.label and labels(job).get(names.RUN) == run.id
    ]


def _start(run: Run, observed: Observed, fresh: Manifest, needed: list[Manifest]) -> Outcome:
    # A Job whose claim is another's would write into that, so it waits until its own is there.
    taken = name_conflict(needed, observed)
    children = [*needed, *([] if taken else [fresh])]
    conflict = taken or name_conflict(children, observed)
    if conflict:
        return blocked(run.step, conflict, children)
    return Outcome(_progress(run.step, fresh), children=children)


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


def _running(step: Step, observed: Observed, job: Manifest) -> Condition:
    if is_suspended(job):
        return _progress(step, job)
    pod = pods.newest([pod for pod in observed.pods(job) if not pods.is_over(pod)])
    trouble = pods.stuck(pod) if pod else None
    if trouble:
        message = f"{step.subject} waits. {trouble.message}"
        return Condition(step.condition, "False", trouble.reason, message)
    slow = pods.slow(pod, observed.now) if pod else podless(job, observed.now)
    if slow:
        message = f"{step.subject} waits. {slow}"
        return Condition(step.condition, "False", step.running, message)
    return _progress(step, job)


def _progress(step: Step, job: Manifest) -> Condition:
    """Return that a Job runs; the same from its start to its end, as each change is a write."""
    name, queue = job["metadata"]["name"], labels(job).get(names.QUEUE)
    if is_suspended(job) and queue:
        message = (
            f"{step.subject} waits in the queue {queue}: Job {name} is suspended until Kueue lets "
            "it run."
        )
        return Condition(step.condition, "False", Reason.QUEUED, message)
    if is_suspended(job):
        message = f"{step.subject} waits: Job {name} is suspended. Set its spec.suspend to false."
        return Condition(step.condition, "False", Reason.SUSPENDED, message)
    message = (
        f"{step.subject} runs as Job {name}; 'kubectl describe job {name}' shows its progress."
    )
    return Condition(step.condition, "False", step.running, message)


def _failure(run: Run, observed: Observed, job: Manifest) -> str:
    name = job["metadata"]["name"]
    failed = condition(job, "Failed")
    head = f"{run.step.subject} failed in Job {name}."
    why = None
    if failed.get("reason") != "DeadlineExceeded":  # then the Pod was killed for the Job's reason
        ended = pods.newest([pod for pod in observed.pods(job) if pods.end(pod)])
        why = pods.end(ended) if ended else None
        previous = condition(observed.parent, run.step.condition)
        if not ended and str(previous.get("message")).startswith(head):
            # The Pod is gone and its reason with it; what was read from it remains.
            return str(previous["message"])
    why = why or f"{failed.get('reason') or 'Failed'}: {failed.get('message') or 'no message'}."
    has_deadline = run.options.deadline_seconds is not None
    too_late = failed.get("reason") == "DeadlineExceeded" and has_deadline
    return f"{head} {why} {_RAISE_DEADLINE if too_late else _TRY_AGAIN}"
