"""Pods that are ended from outside: by a node that is lost, a preemption, a drain, an eviction.

None of them is a failure of what runs in the Pod.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hooks.manifest import Manifest
from hooks.observe.request import condition, timestamp
from hooks.observe.trouble import Trouble
from hooks.reasons import Reason

EVICTIONS = 3
"""How often the kubelet may end a run for what it uses, before the run has failed."""
_SLACK = timedelta(minutes=1)
"""How long after its grace period a node may take to say that a Pod has ended."""


def is_over(pod: Manifest) -> bool:
    """Return whether a Pod has come to its end."""
    return (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed"}


def lost(pod: Manifest, now: datetime) -> Trouble | None:
    """Return that a Pod's node does not answer, or has not ended the Pod when it should have."""
    left = seconds_until_lost(pod, now)
    if not _is_silent(pod) and (left is None or left > 0):
        return None
    name, node = pod["metadata"]["name"], (pod.get("spec") or {}).get("nodeName") or "unknown"
    return Trouble(
        Reason.NODE_LOST,
        f"NodeLost: node {node}, on which Pod {name} runs, does not answer. It continues by itself "
        "once the node is back or is found to be gone. Where it does not come back: 'kubectl "
        f"delete node {node}', or, once you know that it is off, 'kubectl delete pod {name} "
        "--force'.",
    )


def seconds_until_lost(pod: Manifest, now: datetime) -> float | None:
    """Return the seconds until a Pod that is to end is overdue; None where it is not to end."""
    # The API server writes the time of the request plus the grace period.
    due = timestamp(pod["metadata"].get("deletionTimestamp"))
    has_node = bool((pod.get("spec") or {}).get("nodeName"))
    if due is None or is_over(pod) or not has_node:
        return None
    return (due + _SLACK - now).total_seconds()


def preempted(pod: Manifest) -> Trouble | None:
    """Return why a Pod is being ended from outside, or was until it is gone; None where not."""
    if not is_disrupted(pod):
        return None
    target = condition(pod, "DisruptionTarget")
    said = (target.get("reason"), target.get("message"))
    why = ": ".join(str(each) for each in said if each).rstrip(". ")
    return Trouble(
        Reason.PREEMPTED,
        f"Preempted: Pod {pod['metadata']['name']} is ended from outside ({why}). Another takes "
        "its place by itself; the events of its Job or StatefulSet say why, if none comes.",
    )


def between_pods(owner: Manifest, previous: Manifest) -> Trouble | None:
    """Return what was said of the last Pod of a Job or StatefulSet, which is gone.

    Nothing that is left says that there was one, and the next may take its time.

    Args:
        owner: the Job or StatefulSet, without a Pod.
        previous: the condition, as the status has it.
    """
    reason, message = previous.get("reason"), str(previous.get("message"))
    if reason not in {Reason.PREEMPTED, Reason.NODE_LOST}:
        return None
    _, found, trouble = message.partition(f"{reason}: ")
    named = f"Pod {owner['metadata']['name']}-" in trouble
    return Trouble(Reason(reason), f"{reason}: {trouble}") if found and named else None


def is_disrupted(pod: Manifest) -> bool:
    """Return whether a Pod was ended from outside, however it then came to its end."""
    return condition(pod, "DisruptionTarget").get("status") == "True"


def evictions(pods: Sequence[Manifest]) -> list[str]:
    """Return what the kubelet says of each Pod that it ended for the memory or disk it used."""
    return [
        str(pod["status"].get("message") or "no message").strip()
        for pod in pods
        if is_over(pod) and pod["status"].get("reason") == "Evicted"
    ]


def _is_silent(pod: Manifest) -> bool:
    """Return whether the cluster took a Pod's readiness away, of which its node says nothing.

    The node controller does so when a node no longer reports: the containers' own state remains.
    """
    ready, containers = condition(pod, "Ready"), condition(pod, "ContainersReady")
    gates = (pod.get("spec") or {}).get("readinessGates")
    return (
        not is_over(pod)
        and not gates
        and ready.get("status") == "False"
        and containers.get("status") == "True"
    )
