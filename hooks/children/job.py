"""How often a Job starts its Pod again, for how long it may run, and who lets it run."""

from collections.abc import Sequence

from hooks.manifest import Manifest
from hooks.run import Run
from hooks.settings import Jobs

SIGKILL, SIGTERM = 137, 143
"""The exit codes of what was killed from outside: its script did not fail by itself."""


def limits(run: Run, jobs: Jobs, *, final: Sequence[int] = ()) -> Manifest:
    """Return the part of a Job's spec beside its Pod template.

    A Pod that is ended from outside (preempted, drained, its node lost) is started again and never
    counts, and so is one whose step ended with 143, as SIGTERM asks for. However else it ended, it
    is started again as often as the object's `retries` say, or the settings for its step. Without
    any a script that fails ends the Job at once, and one that is killed is started again
    `killLimit` times.

    A Job that waits in a queue is born suspended: Kueue lets it run, and nobody else may.

    Args:
        run: what the Job computes, and what its object asks of Jobs.
        jobs: what the settings say of them.
        final: exit codes of the step's container after which no other attempt can succeed.
    """
    asked, deadline = run.options.retries, run.options.deadline_seconds
    retries = (jobs.retries.of(run.step) or None) if asked is None else asked
    return {
        "backoffLimit": jobs.kill_limit if retries is None else retries,
        "podFailurePolicy": {
            "rules": [
                {
                    "action": "Ignore",
                    "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
                },
                {
                    "action": "Ignore",
                    "onExitCodes": {
                        "containerName": run.step.container,
                        "operator": "In",
                        "values": [SIGTERM],
                    },
                },
                *([_is_final(run, final)] if final else []),
                *([_fails_by_itself()] if retries is None else []),
            ]
        },
        **({"activeDeadlineSeconds": deadline} if deadline is not None else {}),
        **({"suspend": True} if run.options.queue else {}),
    }


def _is_final(run: Run, codes: Sequence[int]) -> Manifest:
    return {
        "action": "FailJob",
        "onExitCodes": {
            "containerName": run.step.container,
            "operator": "In",
            "values": list(codes),
        },
    }


def _fails_by_itself() -> Manifest:
    exit_codes = {"operator": "NotIn", "values": [SIGKILL, SIGTERM]}
    return {"action": "FailJob", "onExitCodes": exit_codes}
