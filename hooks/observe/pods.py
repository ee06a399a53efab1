"""Why a Pod does not do what it should, in the words of the Pod itself.

A Pod alternates between two reasons for one cause: `ErrImagePull` and `ImagePullBackOff`, `Error`
and `CrashLoopBackOff`. Each pair is one reason here, so that a condition does not flap.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hooks.manifest import Manifest
from hooks.observe.request import condition, timestamp
from hooks.reasons import Reason

_SLOW = timedelta(minutes=1)
_TAIL_LINES = 5
_TAIL_CHARACTERS = 600
_UNBOUND = "unbound immediate PersistentVolumeClaims"
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


@dataclass(frozen=True)
class Trouble:
    """Why a Pod makes no progress: a reason, and a sentence that begins with the Pod's own word."""

    reason: Reason
    message: str


def newest(objects: Sequence[Manifest]) -> Manifest | None:
    """Return the Pod or Job that was created last; of several at one time the last by name."""
    return max(objects, key=age, default=None)


def age(found: Manifest) -> tuple[str, str]:
    """Return by what Pods and Jobs are ordered: their time of creation, then their name."""
    return found["metadata"].get("creationTimestamp") or "", found["metadata"]["name"]


def stuck(pod: Manifest) -> Trouble | None:
    """Return why a Pod that is to run does not; None where it just needs a moment."""
    return _unschedulable(pod) or _waiting(pod) or _crashing(pod)


def slow(pod: Manifest, now: datetime) -> str | None:
    """Return a sentence on a Pod that reports no trouble and has not started for a minute.

    A volume that cannot be mounted, for one, is in the Pod's events alone.
    """
    left = _seconds_left(pod, now)
    if left is None or left > 0:
        return None
    name = pod["metadata"]["name"]
    unbound = _UNBOUND in str(condition(pod, "PodScheduled").get("message"))
    cause = "its claim is not bound" if unbound else "its image or volumes are not there yet"
    return (
        f"Pod {name} has not started within a minute: {cause}. "
        f"'kubectl describe pod {name}' has its events."
    )


def seconds_until_slow(found: Sequence[Manifest], now: datetime) -> list[int]:
    """Return for each Pod that has not started the seconds until `slow` reports it."""
    lefts = (_seconds_left(pod, now) for pod in found)
    return [int(left) + 1 for left in lefts if left is not None and left > 0]


def _seconds_left(pod: Manifest, now: datetime) -> float | None:
    created = timestamp(pod["metadata"].get("creationTimestamp"))
    if created is None or (pod.get("status") or {}).get("phase") != "Pending":
        return None
    return (_SLOW - (now - created)).total_seconds()


def is_over(pod: Manifest) -> bool:
    """Return whether a Pod has come to its end."""
    return (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed"}


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


def _unschedulable(pod: Manifest) -> Trouble | None:
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") != "False" or scheduled.get("reason") != "Unschedulable":
        return None
    message = str(scheduled.get("message") or "no node fits")
    if _UNBOUND in message:
        return None  # every Pod with a new claim begins so; `slow` reports it if it lasts
    # What follows the first sentence (preemption, claims) varies while the cause does not.
    cause = re.split(r"\. (?=[a-z])", message)[0].rstrip(".")
    lacking = sorted(set(re.findall(r"Insufficient ([\w./-]+)", cause)))
    cause = ", ".join(f"Insufficient {each}" for each in lacking) or _uncounted(cause)
    return Trouble(Reason.UNSCHEDULABLE, f"Unschedulable: {cause}.")


def _uncounted(cause: str) -> str:
    """Drop how many nodes there are: it changes without the cause changing."""
    return re.sub(r"^\d+/\d+ nodes are available: ", "", cause)


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

    Between two starts it is `terminated`, `waiting` or `running` and not ready: one story.
    """
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
