"""A Pod's status in each state of its life, field by field as a kubelet writes it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from metacontroller_offline.clock import stamp
from metacontroller_offline.objects import Json, Manifest

NODE = "node"
_HOST = "10.88.0.1"
_TYPES = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")

_Condition = tuple[str, str, str]
"""A condition's status, reason and message."""


def _conditions(pod: Manifest, now: datetime, wanted: Mapping[str, _Condition]) -> list[Manifest]:
    before = {each["type"]: each for each in (pod.get("status") or {}).get("conditions") or []}
    conditions = []
    for kind in (each for each in _TYPES if each in wanted):
        status, reason, message = wanted[kind]
        old = before.get(kind)
        kept = old["lastTransitionTime"] if old and old["status"] == status else stamp(now)
        conditions.append(
            {
                "type": kind,
                "status": status,
                "lastProbeTime": None,
                "lastTransitionTime": kept,
                "observedGeneration": 1,
                **({"reason": reason} if reason else {}),
                **({"message": message} if message else {}),
            }
        )
    return conditions


def _digest(*parts: str) -> str:
    return sha256("/".join(parts).encode()).hexdigest()


def _qos(pod: Manifest) -> str:
    resources = [each.get("resources") or {} for each in pod["spec"].get("containers") or []]
    if not any(each.get(field) for each in resources for field in ("requests", "limits")):
        return "BestEffort"
    full = all(
        {"cpu", "memory"} <= set(each.get("limits") or {})
        and (each.get("requests") or each["limits"]) == each["limits"]
        for each in resources
    )
    return "Guaranteed" if full else "Burstable"


def _status(pod: Manifest, now: datetime, phase: str, wanted: Mapping[str, _Condition]) -> Manifest:
    return {
        "phase": phase,
        "conditions": _conditions(pod, now, wanted),
        "observedGeneration": 1,
        "qosClass": _qos(pod),
    }


def _placed(pod: Manifest, now: datetime, phase: str, wanted: Mapping[str, _Condition]) -> Manifest:
    """Return the status of a Pod that is on the node."""
    number = int(_digest(pod["metadata"]["uid"])[:2], 16)
    address = f"10.88.0.{number % 250 + 2}"
    old = pod.get("status") or {}
    return {
        **_status(pod, now, phase, {**wanted, "PodScheduled": ("True", "", "")}),
        "hostIP": _HOST,
        "hostIPs": [{"ip": _HOST}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": old.get("startTime") or stamp(now),
    }


def is_ready(pod: Manifest) -> bool:
    """Say whether a Pod's Ready condition is true."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def container_names(pod: Manifest, field: str = "containers") -> list[str]:
    """Return the names of a Pod's containers, or of its init containers."""
    return [each["name"] for each in pod["spec"].get(field) or []]


def is_init(pod: Manifest, container: str) -> bool:
    """Say whether a container is one of the Pod's init containers."""
    return container in container_names(pod, "initContainers")


def _container(pod: Manifest, name: str, state: Manifest, **fields: Json) -> Manifest:
    spec = next(
        each
        for field in ("containers", "initContainers")
        for each in pod["spec"].get(field) or []
        if each["name"] == name
    )
    image = spec.get("image", "")
    waits = "waiting" in state
    began = (
        {} if waits else {"containerID": container_id(pod, name), "resources": spec["resources"]}
    )
    return {
        **began,
        "name": name,
        "image": image,
        "imageID": "" if waits else f"{image.partition('@')[0]}@sha256:{_digest(image)}",
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "started": False,
        "state": state,
        **fields,
    }


def container_id(pod: Manifest, name: str) -> str:
    """Return a container's id, derived from its Pod's uid."""
    return f"containerd://{_digest(pod['metadata']['uid'], name)}"


def _with_containers(pod: Manifest, status: Manifest, states: Mapping[str, Manifest]) -> Manifest:
    """Add the statuses of containers; init containers have completed."""
    done = {
        "terminated": {
            "exitCode": 0,
            "reason": "Completed",
            "startedAt": status["startTime"],
            "finishedAt": status["startTime"],
        }
    }
    status["containerStatuses"] = [states[name] for name in container_names(pod)]
    if inits := container_names(pod, "initContainers"):
        status["initContainerStatuses"] = [
            states.get(name) or _container(pod, name, done, ready=True) for name in inits
        ]
    return status


def unscheduled(pod: Manifest, now: datetime, message: str) -> Manifest:
    """Return the status of a Pod that no node takes."""
    wanted = {"PodScheduled": ("False", "Unschedulable", message)}
    status = _status(pod, now, "Pending", wanted)
    del status["observedGeneration"]
    return status


def _not_ready(pod: Manifest, now: datetime, phase: str) -> Manifest:
    message = f"containers with unready status: [{' '.join(container_names(pod))}]"
    unready = ("False", "ContainersNotReady", message)
    wanted = {
        "PodReadyToStartContainers": ("True", "", ""),
        "Initialized": ("True", "", ""),
        "Ready": unready,
        "ContainersReady": unready,
    }
    return _placed(pod, now, phase, wanted)


def waiting(
    pod: Manifest, now: datetime, container: str, *, reason: str, message: str = ""
) -> Manifest:
    """Return the status of a Pod one of whose containers cannot start; the others are created."""
    plain = {"waiting": {"reason": "ContainerCreating"}}
    state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
    states = {
        name: _container(pod, name, state if name == container else plain)
        for name in container_names(pod)
    }
    return _with_containers(pod, _not_ready(pod, now, "Pending"), states)


def running(pod: Manifest, now: datetime, *, ready: bool) -> Manifest:
    """Return the status of a Pod whose containers run."""
    status = _not_ready(pod, now, "Running")
    started = _started_at(pod, now)
    if ready:
        good = ("True", "", "")
        kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady")
        status = _placed(pod, now, "Running", dict.fromkeys(kinds, good))
    states = {
        name: _container(pod, name, {"running": {"startedAt": started}}, ready=ready, started=True)
        for name in container_names(pod)
    }
    return _with_containers(pod, status, states)


def _started_at(pod: Manifest, now: datetime) -> str:
    for each in (pod.get("status") or {}).get("containerStatuses") or []:
        if "running" in each["state"]:
            return str(each["state"]["running"]["startedAt"])
    return stamp(now)


def _ended(
    pod: Manifest, now: datetime, container: str, *, code: int, reason: str, message: str
) -> Manifest:
    return {
        "terminated": {
            "containerID": container_id(pod, container),
            "exitCode": code,
            "reason": reason,
            "startedAt": _started_at(pod, now),
            "finishedAt": stamp(now),
            **({"message": message} if message else {}),
        }
    }


def succeeded(pod: Manifest, now: datetime) -> Manifest:
    """Return the status of a Pod whose containers have all exited with 0."""
    done = ("False", "PodCompleted", "")
    wanted = {
        "PodReadyToStartContainers": ("False", "", ""),
        "Initialized": ("True", "PodCompleted", ""),
        "Ready": done,
        "ContainersReady": done,
    }
    states = {
        name: _container(pod, name, _ended(pod, now, name, code=0, reason="Completed", message=""))
        for name in container_names(pod)
    }
    return _with_containers(pod, _placed(pod, now, "Succeeded", wanted), states)


def failed(
    pod: Manifest, now: datetime, container: str, *, code: int, reason: str, message: str = ""
) -> Manifest:
    """Return the status of a Pod that one container, perhaps an init container, made fail."""
    end = _ended(pod, now, container, code=code, reason=reason, message=message)
    init = is_init(pod, container)
    bad = ("False", "PodFailed", "")
    incomplete = f"containers with incomplete status: [{container}]"
    wanted = {
        "PodReadyToStartContainers": ("False", "", ""),
        "Initialized": ("False", "ContainersNotInitialized", incomplete)
        if init
        else ("True", "", ""),
        "Ready": bad,
        "ContainersReady": bad,
    }
    states = {container: _container(pod, container, end)}
    for name in container_names(pod):
        if name != container:
            beside = _ended(pod, now, name, code=0, reason="Completed", message="")
            state = {"waiting": {"reason": "PodInitializing"}} if init else beside
            states[name] = _container(pod, name, state)
    return _with_containers(pod, _placed(pod, now, "Failed", wanted), states)


def evicted(pod: Manifest, now: datetime, message: str) -> Manifest:
    """Return the status of a Pod that the node has evicted."""
    status = failed(pod, now, container_names(pod)[0], code=137, reason="Error")
    return {**status, "reason": "Evicted", "message": message}


def crash_loop(pod: Manifest, now: datetime, container: str, *, end: Manifest) -> Manifest:
    """Return the status of a Pod whose container ended and waits for its restart.

    Args:
        pod: the Pod; its restart count goes up by one.
        now: the time.
        container: which container.
        end: `exitCode`, `reason` and perhaps `message` of its end.
    """
    before = (pod.get("status") or {}).get("containerStatuses") or []
    count = next((each["restartCount"] for each in before if each["name"] == container), 0)
    last = _ended(
        pod,
        now,
        container,
        code=end["exitCode"],
        reason=end["reason"],
        message=end.get("message", ""),
    )
    seconds = min(300, 10 * 2 ** (count + 1) // 2)
    metadata = pod["metadata"]
    message = (
        f"back-off {seconds}s restarting failed container={container} "
        f"pod={metadata['name']}_{metadata['namespace']}({metadata['uid']})"
    )
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
    runs = {"running": {"startedAt": _started_at(pod, now)}}
    states = {
        name: _container(pod, name, runs, started=True, ready=True) for name in container_names(pod)
    }
    states[container] = {
        **_container(pod, container, state, lastState=last, restartCount=count + 1),
        "containerID": container_id(pod, container),
    }
    return _with_containers(pod, _not_ready(pod, now, "Running"), states)
