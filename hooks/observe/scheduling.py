"""Why no node takes a Pod, as the scheduler says it, or that no scheduler says anything."""

import re
from datetime import datetime, timedelta

from hooks.manifest import Manifest
from hooks.observe.request import condition, timestamp
from hooks.observe.trouble import Trouble
from hooks.reasons import Reason

UNBOUND = "unbound immediate PersistentVolumeClaims"
"""Of every Pod with a new claim; it is a trouble only where it lasts."""
_PATIENCE = timedelta(minutes=1)
_WAYS_OUT = (
    (
        r"node\.kubernetes\.io/unschedulable|were unschedulable",
        "A node is cordoned: 'kubectl uncordon' lets Pods run on it again.",
    ),
    (
        r"node\.kubernetes\.io/(unreachable|not-ready)",
        "A node does not answer: 'kubectl get nodes' names it.",
    ),
    (
        r"node\.kubernetes\.io/(disk|memory|pid)-pressure",
        "A node is short of disk, memory or processes: 'kubectl describe nodes' says of what.",
    ),
    (
        # Kubernetes names the taint up to 1.33, and no more from 1.34 on.
        r"untolerated taint(?! \{node\.kubernetes\.io/)",
        (
            "A taint keeps Pods off a node: 'kubectl describe nodes' shows it. Remove it, or add "
            "the toleration by a patch."
        ),
    ),
    (
        r"volume node affinity conflict|didn't match PersistentVolume's node affinity",
        "A claim's volume is on other nodes or in another zone: 'kubectl describe pv' says where.",
    ),
)
"""What to do about a cause, beside what `docs/conditions.md` says of all."""


def unscheduled(pod: Manifest, now: datetime) -> Trouble | None:
    """Return why a Pod has no node; None where it has one, or just needs a moment."""
    return _gated(pod) or _unschedulable(pod) or _overlooked(pod, now)


def seconds_until_overlooked(pod: Manifest, now: datetime) -> float | None:
    """Return the seconds until `unscheduled` reports a Pod that no scheduler has looked at."""
    created, status = timestamp(pod["metadata"].get("creationTimestamp")), pod.get("status") or {}
    if created is None or status.get("phase") != "Pending":
        return None
    looked_at = condition(pod, "PodScheduled") or status.get("containerStatuses")
    if (pod.get("spec") or {}).get("nodeName") or looked_at:
        return None
    return (_PATIENCE - (now - created)).total_seconds()


def _gated(pod: Manifest) -> Trouble | None:
    if condition(pod, "PodScheduled").get("reason") != "SchedulingGated":
        return None
    name = pod["metadata"]["name"]
    gates = sorted(each["name"] for each in (pod.get("spec") or {}).get("schedulingGates") or [])
    return Trouble(
        Reason.SCHEDULING_GATED,
        f"SchedulingGated: Pod {name} is not scheduled before its scheduling gates are removed "
        f"by those who set them: {', '.join(gates) or 'unknown'}.",
    )


def _unschedulable(pod: Manifest) -> Trouble | None:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "False" or scheduled.get("reason") != "Unschedulable":
        return None
    message = str(scheduled.get("message") or "no node fits")
    if UNBOUND in message:
        return None
    causes = _causes(message)
    ways_out = (way_out for pattern, way_out in _WAYS_OUT if re.search(pattern, causes))
    return Trouble(Reason.UNSCHEDULABLE, " ".join([f"Unschedulable: {causes}.", *ways_out]))


def _causes(message: str) -> str:
    """Return every cause once, sorted, without how many nodes have it.

    The scheduler's order and its counts change without the causes changing.
    """
    # What follows the first sentence (preemption, claims) varies while the causes do not.
    first = re.split(r"\. (?=[a-z])", message)[0].rstrip(". ")
    listed = re.sub(r"^\d+/\d+ nodes are available: ", "", first)
    causes = (re.sub(r"^\d+ ", "", each) for each in re.split(r", (?=\d+ )", listed))
    return ", ".join(sorted({each.replace(": }", "}") for each in causes}))


def _overlooked(pod: Manifest, now: datetime) -> Trouble | None:
    left = seconds_until_overlooked(pod, now)
    if left is None or left > 0:
        return None
    scheduler = (pod.get("spec") or {}).get("schedulerName") or "default-scheduler"
    return Trouble(
        Reason.UNSCHEDULABLE,
        f"Unschedulable: no scheduler has looked at Pod {pod['metadata']['name']} within a minute. "
        f"It waits for the scheduler {scheduler}: see that this one runs, or correct "
        "spec.schedulerName in the patches.",
    )
