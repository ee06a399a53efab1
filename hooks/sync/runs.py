"""Runs: a Job that computes something once, and what it has come to.

A run is named by the hash of what decides its result. It is complete when the parent's status
says so: then no Job is needed. Otherwise the Job that stands for it is, in this order, one that
succeeded, one that is active, one that failed, or a new one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from hooks import names
from hooks.conditions import Condition, Violation, kept
from hooks.platform import storage
from hooks.reasons import Reason
from hooks.sync import claims, pods
from hooks.sync.asked import Asked
from hooks.sync.conflicts import kind_key, name_conflict
from hooks.sync.jobs import is_active, is_complete, is_failed, is_suspended
from hooks.sync.observed import JOB, POD, Manifest, Observed, condition, echo, labels
from hooks.sync.podless import podless

_TRY_AGAIN = (
    "Mend the cause, then edit the spec, delete the Job "
    f"or set the annotation {names.RETRY} to a new value."
)

_RAISE_DEADLINE = (
    "Raise spec.deadline, which counts for the next Job; then delete this one "
    f"or set the annotation {names.RETRY} to a new value."
)


@dataclass(frozen=True)
class Words:
    """How a step speaks: its condition's type, its reasons, and what it does in a sentence."""

    type: str
    running: Reason
    failed: Reason
    done: Reason
    doing: str


@dataclass(frozen=True)
class Run:
    """Something to compute once.

    Attributes:
        owner: namespace and name of the parent.
        kind: the parent's kind.
        step: the step, which is part of the Job's name.
        hash: what decides the result.
        result: where the result will be: an image or an address.
        retry: the parent's retry annotation.
        words: how its condition speaks.
        asked: what is asked of its Job.
    """

    owner: tuple[str, str]
    kind: str
    step: str
    hash: str
    result: str
    retry: str | None
    words: Words
    asked: Asked

    def metadata(self) -> Manifest:
        """Return the metadata of the Job that would be started now.

        Its labels tell which run it stands for. Its annotation tells where the result will be:
        the settings may change while it runs.
        """
        namespace, name = self.owner
        attempt = names.attempt(self.retry)
        return {
            "name": names.job(name, self.kind, self.step, run=self.hash, attempt=attempt),
            "namespace": namespace,
            "labels": {
                **names.labels(self.kind, name, self.step),
                names.RUN: self.hash,
                **({names.ATTEMPT: attempt} if attempt else {}),
            },
            "annotations": {names.RESULT: self.result},
        }


@dataclass(frozen=True)
class Outcome:
    """What a run has come to.

    Attributes:
        condition: what to tell of it.
        result: where its result is; None while there is none.
        children: the children that it needs now.
    """

    condition: Condition
    result: str | None = None
    children: list[Manifest] = field(default_factory=list)


def pending(words: Words, before: str) -> Outcome:
    """Return the outcome of a step whose turn has not come."""
    return Outcome(
        Condition(words.type, "Unknown", Reason.PENDING, f"{words.doing} waits for {before}.")
    )


def finished(words: Words, result: str) -> Outcome:
    """Return the outcome of a run that the parent's status calls complete."""
    return Outcome(Condition(words.type, "True", words.done, f"Complete: {result}."), result)


def blocked(words: Words, violation: Violation) -> Outcome:
    """Return the outcome of a run that cannot begin."""
    return Outcome(Condition(words.type, violation.status, violation.reason, violation.message))


def advance(
    run: Run,
    observed: Observed,
    *,
    make: Callable[[], Manifest],
    beside: Sequence[Manifest] = (),
    violation: Violation | None = None,
) -> Outcome:
    """Return what a run that is not known to be complete has come to.

    Args:
        run: what is to be computed.
        observed: the call.
        make: returns the Job; called only while the run is not over.
        beside: what the Job needs beside itself, such as a claim; one that exists is kept.
        violation: why no new Job may start; one that exists goes on.
    """
    job = _standing(run, observed)
    if job is None and violation:
        return blocked(run.words, violation)
    around, invalid = _around(run, observed, beside)
    if job is None:
        fresh = invalid or run.asked.job(make)
        if isinstance(fresh, Violation):
            return replace(blocked(run.words, fresh), children=around)
        return _start(run, observed, fresh, around)
    if is_active(job) and run.asked.patches and not violation:
        # The next Job would not be made; that is told while this one goes on.
        fresh = invalid or run.asked.job(make)
        if isinstance(fresh, Violation):
            told = blocked(run.words, kept(fresh, runs=True))
            return replace(told, children=[echo(job), *around])
    return replace(_come_to(run, observed, job), children=[echo(job), *around])


def _come_to(run: Run, observed: Observed, job: Manifest) -> Outcome:
    """Return what the Job that stands for a run has come to, without its children."""
    if is_complete(job):
        return finished(run.words, _result(job, run))
    if is_failed(job):
        message = _failure(run, observed, job)
        return Outcome(Condition(run.words.type, "False", run.words.failed, message))
    return Outcome(_running(run, observed, job))


def _around(
    run: Run, observed: Observed, beside: Sequence[Manifest]
) -> tuple[list[Manifest], Violation | None]:
    """Return what a Job needs beside itself, or of it what is there and why no more is made."""
    asked = run.asked.beside(beside)
    if not isinstance(asked, Violation):
        return [claims.kept(each, observed) for each in asked], None
    there = [each for each in beside if observed.child(kind_key(each), each["metadata"]["name"])]
    return [claims.kept(each, observed) for each in there], asked


def _result(job: Manifest, run: Run) -> str:
    """Return where a Job's result is: as it says itself, unless it cannot be this run's."""
    told = str((job["metadata"].get("annotations") or {}).get(names.RESULT))
    if "://" not in run.result:
        return told if names.image_run(told) == run.hash else run.result
    try:
        storage.for_url(told)
    except storage.UnknownStorageError:
        return run.result
    return told if names.url_run(told) == run.hash else run.result


def _standing(run: Run, observed: Observed) -> Manifest | None:
    """Return the Job that stands for the run, or None if a new one is to start."""
    jobs = [
        job
        for job in observed.living(JOB)
        if labels(job).get(names.STEP) == run.step and labels(job).get(names.RUN) == run.hash
    ]
    for wanted in (is_complete, is_active):
        found = next((job for job in jobs if wanted(job)), None)
        if found is not None:
            return found
    tried = {labels(job).get(names.ATTEMPT, "") for job in jobs}
    asked = names.attempt(run.retry)
    return pods.newest(jobs) if not asked or asked in tried else None


def _start(run: Run, observed: Observed, fresh: Manifest, beside: Sequence[Manifest]) -> Outcome:
    words = run.words
    # A Job whose claim is another's would write into that, so it waits until its own is there.
    taken = name_conflict(beside, observed)
    children = [*beside, *([] if taken else [fresh])]
    conflict = taken or name_conflict(children, observed)
    if conflict:
        return Outcome(
            Condition(words.type, "False", conflict.reason, conflict.message), None, children
        )
    return Outcome(_progress(words, fresh), children=children)


def _running(run: Run, observed: Observed, job: Manifest) -> Condition:
    words = run.words
    if is_suspended(job):
        return _progress(words, job)
    pod = pods.newest([pod for pod in _pods(observed, job) if not pods.is_over(pod)])
    trouble = pods.stuck(pod) if pod else None
    if trouble:
        message = f"{words.doing} waits. {trouble.message}"
        return Condition(words.type, "False", trouble.reason, message)
    slow = pods.slow(pod, observed.now) if pod else podless(job, observed.now)
    if slow:
        message = f"{words.doing} waits. {slow}"
        return Condition(words.type, "False", words.running, message)
    return _progress(words, job)


def _progress(words: Words, job: Manifest) -> Condition:
    """Return that a Job runs; the same from its start to its end, as each change is a write."""
    name, queue = job["metadata"]["name"], labels(job).get(names.QUEUE)
    if is_suspended(job) and queue:
        return Condition(
            words.type,
            "False",
            Reason.QUEUED,
            f"{words.doing} waits in the queue {queue}: Job {name} is suspended until Kueue lets "
            "it run.",
        )
    if is_suspended(job):
        message = f"{words.doing} waits: Job {name} is suspended. Set its spec.suspend to false."
        return Condition(words.type, "False", Reason.SUSPENDED, message)
    message = f"{words.doing} runs as Job {name}; 'kubectl describe job {name}' shows its progress."
    return Condition(words.type, "False", words.running, message)


def _failure(run: Run, observed: Observed, job: Manifest) -> str:
    name = job["metadata"]["name"]
    failed = condition(job, "Failed")
    head = f"{run.words.doing} failed in Job {name}."
    why = None
    if failed.get("reason") != "DeadlineExceeded":  # then the Pod was killed for the Job's reason
        ended = pods.newest([pod for pod in _pods(observed, job) if pods.end(pod)])
        why = pods.end(ended) if ended else None
        kept = condition(observed.parent, run.words.type)
        if not ended and str(kept.get("message")).startswith(head):
            # The Pod is gone and its reason with it; what was read from it stands.
            return str(kept["message"])
    why = why or f"{failed.get('reason') or 'Failed'}: {failed.get('message') or 'no message'}."
    too_late = failed.get("reason") == "DeadlineExceeded" and run.asked.deadline is not None
    return f"{head} {why} {_RAISE_DEADLINE if too_late else _TRY_AGAIN}"


def _pods(observed: Observed, job: Manifest) -> Sequence[Manifest]:
    uid = job["metadata"].get("uid")
    return [
        pod
        for pod in observed.relations(POD)
        if any(each.get("uid") == uid for each in pod["metadata"].get("ownerReferences") or [])
    ]
