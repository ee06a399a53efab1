"""What a condition says of the Job that computes a run: that it runs, waits, or has failed."""

import re

from hooks import names
from hooks.conditions import Condition
from hooks.manifest import CLAIM, POD, Manifest, kind_key
from hooks.observe import disruption, pods
from hooks.observe.jobs import is_suspended
from hooks.observe.podless import podless
from hooks.observe.request import Observed, condition, labels
from hooks.observe.running import outlived
from hooks.observe.trouble import Trouble
from hooks.reasons import Reason
from hooks.run import Run
from hooks.step import Step
from hooks.steps import load_failures

_TRY_AGAIN = (
    "Fix the cause, then edit the spec, delete the Job "
    f"or set the annotation {names.RETRY} to a new value."
)
_RAISE_DEADLINE = (
    "Raise spec.deadlineSeconds, which counts for the next Job; then delete this one "
    f"or set the annotation {names.RETRY} to a new value."
)
_NO_SPACE = re.compile(r"no space left on device|ENOSPC|disk quota exceeded", re.IGNORECASE)


def running(step: Step, observed: Observed, job: Manifest) -> Condition:
    """Return what a Job that is not over has come to."""
    if is_suspended(job):
        return progress(step, job)
    pod = pods.newest([pod for pod in observed.pods(job) if not disruption.is_over(pod)])
    previous = condition(observed.parent, step.condition)
    trouble = _trouble(pod, job, observed) if pod else disruption.between_pods(job, previous)
    if trouble:
        message = f"{step.subject} waits. {trouble.message}"
        return Condition(step.condition, "False", trouble.reason, message)
    slow = pods.slow(pod, observed.now) if pod else podless(job, observed.now)
    if slow:
        message = f"{step.subject} waits. {slow}"
        return Condition(step.condition, "False", step.running, message)
    return progress(step, job)


def progress(step: Step, job: Manifest) -> Condition:
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


def failure(run: Run, observed: Observed, job: Manifest, beside: list[Manifest]) -> Condition:
    """Return why a Job has failed, and the way out.

    Args:
        run: what it was to compute.
        observed: the call.
        job: the Job.
        beside: what it had beside itself, such as a claim.
    """
    reason, message = _failure(run, observed, job, beside)
    return Condition(run.step.condition, "False", reason, message)


def not_ended(run: Run, observed: Observed) -> Condition | None:
    """Return that a Pod of the run has not ended, though its Job is gone or over."""
    for pod in observed.relations(POD):
        if labels(pod).get(names.RUN) != run.id or disruption.is_over(pod):
            continue
        lost = disruption.lost(pod, observed.now)
        if lost:
            message = f"{run.step.subject} waits. {lost.message}"
            return Condition(run.step.condition, "False", lost.reason, message)
        return stopping(run.step, f"Pod {pod['metadata']['name']} of the Job")
    return None


def stopping(step: Step, what: str) -> Condition:
    """Return that something of the Job before has not ended."""
    message = f"{step.subject} waits: {what} before has not ended."
    return Condition(step.condition, "False", Reason.STOPPING, message)


def _trouble(pod: Manifest, job: Manifest, observed: Observed) -> Trouble | None:
    lost = disruption.lost(pod, observed.now)
    if condition(job, "FailureTarget").get("status") == "True":
        return lost  # the Job itself ends its Pods
    return lost or pods.stuck(pod, observed.now) or outlived(pod, observed.now)


def _failure(
    run: Run, observed: Observed, job: Manifest, beside: list[Manifest]
) -> tuple[Reason, str]:
    failed = condition(job, "Failed")
    head = f"{run.step.subject} failed in Job {job['metadata']['name']}."
    previous = condition(observed.parent, run.step.condition)
    why = interrupted = ""
    if failed.get("reason") != "DeadlineExceeded":  # then the Pod was killed for the Job's reason
        ended = pods.newest([pod for pod in observed.pods(job) if pods.end(pod)])
        why = (pods.end(ended) if ended else None) or ""
        if not ended and str(previous.get("message")).startswith(head):
            # The Pod is gone and its reason with it; what was read from it remains.
            return _known(previous.get("reason")) or run.step.failed, str(previous["message"])
        said = load_failures.explained(job, ended, beside)
        if said:
            return said.reason, f"{head} {said.message}"
        interrupted = _interrupted(job, ended, previous)
    why = why or f"{failed.get('reason') or 'Failed'}: {failed.get('message') or 'no message'}."
    has_deadline = run.options.deadline_seconds is not None
    too_late = failed.get("reason") == "DeadlineExceeded" and has_deadline
    way_out = _RAISE_DEADLINE if too_late else _make_room(why, beside) or _TRY_AGAIN
    return run.step.failed, " ".join(each for each in (head, interrupted, why, way_out) if each)


def _known(reason: object) -> Reason | None:
    """Return the reason of this name; None where there is none."""
    return next((each for each in Reason if each == reason), None)


def _interrupted(job: Manifest, ended: Manifest | None, previous: Manifest) -> str:
    """Return that a failed Job's Pod had to end before it failed.

    Such a Pod is soon gone: then the condition before says so.
    """
    by_others = ended is not None and disruption.is_disrupted(ended)
    if not by_others and not is_suspended(job) and previous.get("reason") != Reason.PREEMPTED:
        return ""
    return (
        "Its Pod was preempted and then failed by itself: a script that traps SIGTERM must exit "
        "with 143 to be started again."
    )


def _make_room(why: str, beside: list[Manifest]) -> str:
    """Return the way out where a volume is full; empty where none is."""
    if not _NO_SPACE.search(why):
        return ""
    claim = next((each["metadata"]["name"] for each in beside if kind_key(each) == CLAIM), None)
    larger = (
        f"Make claim {claim} larger, if it is what is full: 'kubectl patch pvc {claim}' with a "
        "larger spec.resources.requests.storage"
        if claim
        else "Give the Pod or its node more disk"
    )
    return f"A volume is full. {larger}; then set the annotation {names.RETRY} to a new value."
