"""What all Jobs have in common: how often they are tried, and what their Pod may not do."""

from typing import Any

from hooks import names
from hooks.settings import Jobs

Manifest = dict[str, Any]

KILLED_EXIT_CODES = [137, 143]
"""SIGKILL and SIGTERM: the Pod was killed from outside, its script did not fail by itself."""


def scheduled(
    job: Manifest, *, deadline: int | None, retries: int | None, queue: str | None
) -> Manifest:
    """Return a Job with what its object asks of all its Jobs.

    Args:
        job: from `make_job`.
        deadline: seconds that it may take.
        retries: how often its Pod is started again, for whatever reason it ended; with them, a
            script that fails does not end the Job.
        queue: the queue of Kueue that it waits in. It is born suspended: Kueue lets it run, and
            nobody else may.
    """
    metadata, spec = job["metadata"], job["spec"]
    if queue:
        metadata = {**metadata, "labels": {**metadata["labels"], names.QUEUE: queue}}
        spec = {**spec, "suspend": True}
    if retries is not None:
        kept = {key: value for key, value in spec.items() if key != "podFailurePolicy"}
        spec = {**kept, "backoffLimit": retries}
    if deadline is not None:
        spec = {**spec, "activeDeadlineSeconds": deadline}
    return {**job, "metadata": metadata, "spec": spec}


def make_job(
    metadata: Manifest,
    pod: Manifest,
    jobs: Jobs,
    *,
    pod_annotations: dict[str, str] | None = None,
    pod_labels: dict[str, str] | None = None,
) -> Manifest:
    """Return a Job that runs `pod` to its end once.

    A script that fails ends the Job at once: it would fail again.
    A Pod that is killed (a node that goes, an eviction) is started again, `killLimit` times.

    Args:
        metadata: name, namespace and labels; the Pod gets the labels too.
        pod: the Pod's spec, with containers and volumes.
        jobs: the settings for Jobs.
        pod_annotations: annotations that a storage needs on the Pod.
        pod_labels: labels that a cloud's identity needs on the Pod.
    """
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            "backoffLimit": jobs.kill_limit,
            "podFailurePolicy": {
                "rules": [
                    {
                        "action": "FailJob",
                        "onExitCodes": {"operator": "NotIn", "values": list(KILLED_EXIT_CODES)},
                    }
                ]
            },
            "template": {
                "metadata": {
                    "labels": {**metadata["labels"], **(pod_labels or {})},
                    **({"annotations": pod_annotations} if pod_annotations else {}),
                },
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **pod,
                },
            },
        },
    }
