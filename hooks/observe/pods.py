"""Why a Pod does not do what it should, in the words of the Pod itself.

A Pod alternates between two reasons for one cause: `ErrImagePull` and `ImagePullBackOff`, `Error`
and `CrashLoopBackOff`. Each pair is one reason here, so that a condition does not flap.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from hooks.manifest import Manifest
from hooks.observe import disruption, running, scheduling
from hooks.observe.request import condition, is_deleting, timestamp
from hooks.observe.trouble import Trouble
from hooks.reasons import Reason

_SLOW = timedelta(minutes=1)
_TAIL_LINES = 5
_TAIL_CHARACTERS = 600
_PULLING = {"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"}
_STUCK = {
    "ErrImageNeverPull": Reason.IMAGE_NEVER_PULLED,
    "InvalidImageName": Reason.INVALID_IMAGE_NAME,
    "CreateContainerConfigError": Reason.CONTAINER_CONFIG_ERROR,
    "CreateContainerError": Reason.CONTAINER_CONFIG_ERROR,
}
_EXCERPT = re.compile(
    r"-+|> importing cache manifest from \S+|(\S*/)?Dockerfile:\d+|\d+ \|(?! >>>).*|\|"
)
"""What BuildKit draws around the output of the step that failed, in a line of its own."""
_PULL_FAILURES = (
    (r"not found|manifest unknown|NotFound", "the registry has no such image"),
    (
        r"401|403|unauthorized|denied|authentication required|no basic auth",
        "the registry does not let this cluster pull it; check the pull Secret",
    ),
    (r"http: server gave HTTP response to HTTPS client", "the registry speaks HTTP, not HTTPS"),
    (r"x509|certificate", "the registry's certificate is not trusted by the node"),
    (
        r"no such host|connection refused|timeout|unreachable|i/o|EOF",
        "the registry does not answer",
    ),
)


def newest(objects: Sequence[Manifest]) -> Manifest | None:
    """Return the Pod or Job that was created last; of several at one time the last by name."""
    return max(objects, key=age, default=None)


def age(found: Manifest) -> tuple[str, str]:
    """Return by what Pods and Jobs are ordered: their time of creation, then their name."""
    return found["metadata"].get("creationTimestamp") or "", found["metadata"]["name"]


def stuck(pod: Manifest, now: datetime) -> Trouble | None:
    """Return why a Pod that is to run does not; None where it just needs a moment."""
    return (
        disruption.lost(pod, now)
        or disruption.preempted(pod)
        or scheduling.unscheduled(pod, now)
        or _waiting(pod)
        or _crashing(pod)
        or running.unanswered(pod, now)
    )


def slow(pod: Manifest, now: datetime) -> str | None:
    """Return a sentence on a Pod that reports no trouble and has not started for a minute.

    A volume that cannot be mounted, for one, is in the Pod's events alone.
    """
    left = _seconds_left(pod, now)
    if left is None or left > 0:
        return None
    name = pod["metadata"]["name"]
    unbound = scheduling.UNBOUND in str(condition(pod, "PodScheduled").get("message"))
    cause = "its claim is not bound" if unbound else "its image or volumes are not there yet"
    return (
        f"Pod {name} has not started within a minute: {cause}. "
        f"'kubectl describe pod {name}' has its events."
    )


def wakes(found: Sequence[Manifest], now: datetime) -> list[int]:
    """Return the seconds until the Pods are to be looked at again, though nothing changes then.

    Each is the time from when on `slow` or `stuck` reports what lasts.
    """
    lefts = (
        left(pod, now)
        for pod in found
        for left in (
            _seconds_left,
            disruption.seconds_until_lost,
            scheduling.seconds_until_overlooked,
            running.seconds_until_unanswered,
            running.seconds_until_outlived,
        )
    )
    return [int(left) + 1 for left in lefts if left is not None and left > 0]


def _seconds_left(pod: Manifest, now: datetime) -> float | None:
    created = timestamp(pod["metadata"].get("creationTimestamp"))
    if created is None or (pod.get("status") or {}).get("phase") != "Pending":
        return None
    return (_SLOW - (now - created)).total_seconds()


def end(pod: Manifest) -> str | None:
    """Return how a failed Pod ended: reason, container, exit code and last lines."""
    status = pod.get("status") or {}
    if status.get("phase") != "Failed":
        return None
    if status.get("reason"):
        message = str(status.get("message") or "no message").strip()
        return f"{status['reason']}: {message}"
    ended = next(
        (
            (container, state)
            for container, state in _states(pod, "terminated")
            if state.get("exitCode") or state.get("reason") != "Completed"
        ),
        None,
    )
    return _ending(*ended) if ended else None


def _waiting(pod: Manifest) -> Trouble | None:
    for container, state in _states(pod, "waiting"):
        reason = state.get("reason")
        message = str(state.get("message") or "")
        if reason in _PULLING:
            return Trouble(
                Reason.IMAGE_PULL_BACK_OFF,
                f"ImagePullBackOff: {_image(pod, container)} cannot be pulled"
                f"{_pull_failure(message)}.",
            )
        if reason in _STUCK:
            return Trouble(_STUCK[reason], f"{_STUCK[reason]}: {message or 'no message'}.")
    return None


def _crashing(pod: Manifest) -> Trouble | None:
    """Return the last end of a container that is started again and again.

    Between two starts it is `terminated`, `waiting` or `running` and not ready: one story. Of a
    Pod that starts nothing again `running.outlived` speaks.
    """
    if is_deleting(pod) or (pod.get("spec") or {}).get("restartPolicy") == "Never":
        return None  # it is not to run again
    for container in _containers(pod):
        state = container.get("state") or {}
        ended = state.get("terminated") or (container.get("lastState") or {}).get("terminated")
        if ended and not container.get("ready") and ended.get("reason") != "Completed":
            return Trouble(
                Reason.CRASH_LOOP_BACK_OFF,
                f"CrashLoopBackOff: {_ending(container, ended)}",
            )
    return None


def _ending(container: Manifest, state: Manifest) -> str:
    code = state.get("exitCode")
    word = state.get("reason") or "Error"
    lines = [line.strip() for line in str(state.get("message") or "").splitlines()]
    kept = [line for line in lines if line and not _EXCERPT.fullmatch(line)]
    tail = " | ".join(kept[-_TAIL_LINES:])[-_TAIL_CHARACTERS:]
    return f"{word}: container {container['name']} ended with exit code {code}." + (
        f' Its last lines: "{tail}".' if tail else ""
    )


def _pull_failure(message: str) -> str:
    for pattern, meaning in _PULL_FAILURES:
        if re.search(pattern, message, re.IGNORECASE):
            return f": {meaning}"
    return ""


def _image(pod: Manifest, container: Manifest) -> str:
    spec = pod.get("spec") or {}
    asked = [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]
    image = next((each.get("image") for each in asked if each["name"] == container["name"]), None)
    return f"image {image or container.get('image')}"


def _states(pod: Manifest, state: str) -> Iterator[tuple[Manifest, Any]]:
    for container in _containers(pod):
        found = (container.get("state") or {}).get(state)
        if found:
            yield container, found


def _containers(pod: Manifest) -> list[Manifest]:
    return [*_init_containers(pod), *((pod.get("status") or {}).get("containerStatuses") or [])]


def _init_containers(pod: Manifest) -> list[Manifest]:
    return (pod.get("status") or {}).get("initContainerStatuses") or []
