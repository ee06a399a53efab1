"""Pods that run, and yet do not do what they should."""

from datetime import datetime, timedelta

from hooks import names
from hooks.manifest import Manifest
from hooks.observe.disruption import is_over
from hooks.observe.request import condition, labels, timestamp
from hooks.observe.trouble import Trouble
from hooks.reasons import Reason
from hooks.step import Step

_FIRST_ANSWER = timedelta(minutes=10)
"""How long a server may take to answer its probe: large weights are read first."""
_LAST_CONTAINER = timedelta(minutes=1)
"""How long the containers beside that of a Job's step may take to end after it."""


def unanswered(pod: Manifest, now: datetime) -> Trouble | None:
    """Return that a container runs and has not answered its probe for a long time."""
    left = seconds_until_unanswered(pod, now)
    if left is None or left > 0:
        return None
    name, container = pod["metadata"]["name"], _unready(pod)["name"]
    return Trouble(
        Reason.PROBE_FAILING,
        f"ProbeFailing: container {container} of Pod {name} runs and has not answered its probe "
        f"for {_FIRST_ANSWER.seconds // 60} minutes. 'kubectl logs {name}' shows what it does, "
        f"'kubectl describe pod {name}' what the probe gets; delete the Pod to start it again.",
    )


def seconds_until_unanswered(pod: Manifest, now: datetime) -> float | None:
    """Return the seconds until `unanswered` reports a container; None where all are ready."""
    since = _unready_since(pod)
    return None if since is None else (_FIRST_ANSWER - (now - since)).total_seconds()


def outlived(pod: Manifest, now: datetime) -> Trouble | None:
    """Return that the container of a Job's step ended, and that another keeps the Pod alive."""
    left = seconds_until_outlived(pod, now)
    if left is None or left > 0:
        return None
    main = _main(pod)
    beside = ", ".join(each["name"] for each in _statuses(pod) if _is_running(each))
    code = _ended(main).get("exitCode")
    return Trouble(
        Reason.SIDECAR_RUNNING,
        f"SidecarRunning: container {main['name']} ended with exit code {code}, but {beside} in "
        f"Pod {pod['metadata']['name']} still runs, so the Job does not end. Let it end when "
        f"{main['name']} does, or inject it as an init container with restartPolicy Always. To end "
        f"it now: 'kubectl exec {pod['metadata']['name']} -c {beside} -- kill 1'.",
    )


def seconds_until_outlived(pod: Manifest, now: datetime) -> float | None:
    """Return the seconds until `outlived` reports a Pod; None where its main container runs."""
    main = _main(pod)
    ended = timestamp(_ended(main).get("finishedAt"))
    if ended is None or is_over(pod) or not any(map(_is_running, _statuses(pod))):
        return None
    return (_LAST_CONTAINER - (now - ended)).total_seconds()


def _main(pod: Manifest) -> Manifest:
    """Return the status of the container that does a Job's step, if it is not an init container."""
    does = {step.container for step in Step if step == labels(pod).get(names.STEP)}
    return next((each for each in _statuses(pod) if each["name"] in does), {})


def _unready_since(pod: Manifest) -> datetime | None:
    """Return since when a Pod's container runs without being ready."""
    if is_over(pod) or condition(pod, "Ready").get("status") != "False":
        return None
    started = (_unready(pod).get("state") or {}).get("running") or {}
    times = (started.get("startedAt"), condition(pod, "Ready").get("lastTransitionTime"))
    known = [found for each in times if (found := timestamp(each))]
    return max(known) if started and known else None


def _unready(pod: Manifest) -> Manifest:
    found = (each for each in _statuses(pod) if _is_running(each) and each.get("ready") is False)
    return next(found, {})


def _is_running(container: Manifest) -> bool:
    return "running" in (container.get("state") or {})


def _ended(container: Manifest) -> Manifest:
    return (container.get("state") or {}).get("terminated") or {}


def _statuses(pod: Manifest) -> list[Manifest]:
    return (pod.get("status") or {}).get("containerStatuses") or []
