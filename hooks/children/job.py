"""How often a Job starts its Pod again, for how long it may run, and who lets it run."""

from hooks.manifest import Manifest
from hooks.run import JobOptions
from hooks.settings import Jobs

KILLED_EXIT_CODES = [137, 143]
"""SIGKILL and SIGTERM: the Pod was killed from outside, its script did not fail by itself."""


def limits(options: JobOptions, jobs: Jobs) -> Manifest:
    """Return the part of a Job's spec beside its Pod template.

    A script that fails ends the Job at once: it would fail again. A Pod that is killed (a node
    that goes, an eviction) is started again, `killLimit` times. Where the object sets `retries`,
    its Pod is started again so often, for whatever reason it ended.

    A Job that waits in a queue is born suspended: Kueue lets it run, and nobody else may.
    """
    deadline = options.deadline_seconds
    return {
        **(
            _started_again_when_killed(jobs)
            if options.retries is None
            else {"backoffLimit": options.retries}
        ),
        **({"activeDeadlineSeconds": deadline} if deadline is not None else {}),
        **({"suspend": True} if options.queue else {}),
    }


def _started_again_when_killed(jobs: Jobs) -> Manifest:
    return {
        "backoffLimit": jobs.kill_limit,
        "podFailurePolicy": {
            "rules": [
                {
                    "action": "FailJob",
                    "onExitCodes": {"operator": "NotIn", "values": list(KILLED_EXIT_CODES)},
                }
            ]
        },
    }
