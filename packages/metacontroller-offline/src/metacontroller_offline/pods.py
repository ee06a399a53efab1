"""The scheduler and the kubelet for one Pod: from Pending to whatever its fate is."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from metacontroller_offline import podstatus
from metacontroller_offline.agenda import Agenda
from metacontroller_offline.objects import Manifest, Ref, controller_of, ref
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.saving import Saving
from metacontroller_offline.scenario import (
    ClaimPending,
    CreateContainerConfigError,
    DeadlineExceeded,
    ErrImagePull,
    Evicted,
    ExitCode,
    Fate,
    Fates,
    ImagePullBackOff,
    InvalidImageName,
    NeverReady,
    OOMKilled,
    Succeeds,
    Unschedulable,
)
from metacontroller_offline.store import Cluster

WRITER = "kubelet"
MOST_RESTARTS = 5
"""After so many restarts a crash loop is no longer continued: nothing new would be seen."""

_KILLED = 137
_FIRST_RESTART = 10.0
_BLOCKING = (ErrImagePull, ImagePullBackOff, InvalidImageName, CreateContainerConfigError)


class Pods(Saving):
    """Moves every Pod of the cluster.

    Args:
        cluster: where the Pods are.
        agenda: where the next steps are entered.
        fates: decides what happens to each Pod.
    """

    remembered = ("_waiting_for_claims",)

    def __init__(self, cluster: Cluster, agenda: Agenda, fates: Fates) -> None:
        self._cluster = cluster
        self._agenda = agenda
        self._fates = fates
        self._waiting_for_claims: dict[Ref, str] = {}

    def on_pod(self, event: WatchEvent) -> None:
        """Begin the life of a new Pod."""
        if event.old is None and event.new is not None:
            self._after(0, event.new, self._schedule)
        elif event.new is None:
            self._waiting_for_claims.pop(event.ref, None)

    def on_claim(self, event: WatchEvent) -> None:
        """Try again to schedule the Pods of the namespace that wait for claims."""
        for key, uid in list(self._waiting_for_claims.items()):
            if key.namespace == event.ref.namespace:
                pod = self._cluster.read(key)
                if pod is not None and pod["metadata"]["uid"] == uid:
                    self._after(0, pod, self._schedule)

    def _after(self, seconds: float, pod: Manifest, step: Callable[[Manifest], None]) -> None:
        due = self._cluster.clock.now() + timedelta(seconds=seconds)
        self._agenda.at(due, partial(self._take, ref(pod), pod["metadata"]["uid"], step))

    def _take(self, key: Ref, uid: str, step: Callable[[Manifest], None]) -> None:
        pod = self._cluster.read(key)
        if pod is not None and pod["metadata"]["uid"] == uid:
            step(pod)

    def _set(self, pod: Manifest, status: Manifest) -> Manifest:
        current = self._cluster.read(ref(pod)) or pod
        return self._cluster.update_status({**current, "status": status}, by=WRITER)

    # Scheduling.

    def _workload(self, pod: Manifest) -> Manifest:
        """Return the workload that a person has made: for a ReplicaSet its Deployment."""
        owner = controller_of(pod)
        found = self._cluster.read_uid(owner["uid"]) if owner else None
        if found is not None and found["kind"] == "ReplicaSet":
            return self._workload(found)
        return found or pod

    def _schedule(self, pod: Manifest) -> None:
        if pod["spec"].get("nodeName"):
            return
        obstacle, now = self._claim_obstacle(pod), self._cluster.clock.now()
        if obstacle:
            self._waiting_for_claims[ref(pod)] = pod["metadata"]["uid"]
            self._set(pod, podstatus.unscheduled(pod, now, obstacle))
            return
        self._waiting_for_claims.pop(ref(pod), None)
        fate = self._fates.decide(self._workload(pod), pod)
        if isinstance(fate.outcome, Unschedulable):
            self._set(pod, podstatus.unscheduled(pod, now, fate.outcome.message))
            return
        spec = {**pod["spec"], "nodeName": podstatus.NODE}
        pod = self._cluster.update({**pod, "spec": spec}, by="scheduler")
        status = podstatus.waiting(pod, now, "", reason="")
        pod = self._set(pod, status)
        self._after(fate.timings.pull, pod, partial(self._start, fate))

    def _claim_obstacle(self, pod: Manifest) -> str:
        for volume in pod["spec"].get("volumes") or []:
            name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if not name:
                continue
            namespace = pod["metadata"]["namespace"]
            claim = self._cluster.read(Ref("v1", "PersistentVolumeClaim", namespace, name))
            if claim is None:
                return (
                    f'0/1 nodes are available: persistentvolumeclaim "{name}" not found. not found'
                )
            if (claim.get("status") or {}).get("phase") != "Bound":
                return (
                    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. "
                    "not found"
                )
        return ""

    # Running.

    def _container(self, pod: Manifest, fate: Fate) -> str:
        return fate.container or podstatus.container_names(pod)[0]

    def _start(self, fate: Fate, pod: Manifest) -> None:
        outcome, now = fate.outcome, self._cluster.clock.now()
        container = self._container(pod, fate)
        if isinstance(outcome, _BLOCKING):
            self._block(fate, container, pod)
            return
        if podstatus.is_init(pod, container) and isinstance(outcome, ExitCode | OOMKilled):
            self._end(fate, pod)
            return
        runs_once = pod["spec"].get("restartPolicy") != "Always"
        pod = self._set(pod, podstatus.running(pod, now, ready=runs_once))
        if isinstance(outcome, DeadlineExceeded | NeverReady | ClaimPending):
            return
        if runs_once:
            self._after(fate.timings.run, pod, partial(self._end, fate))
        else:
            self._after(fate.timings.ready, pod, partial(self._settle, fate))

    def _block(self, fate: Fate, container: str, pod: Manifest) -> None:
        now, outcome = self._cluster.clock.now(), fate.outcome
        message = getattr(outcome, "message", "")
        image = next(
            (each.get("image") for each in pod["spec"]["containers"] if each["name"] == container),
            "",
        )
        reason = type(outcome).__name__
        if isinstance(outcome, ErrImagePull | ImagePullBackOff):
            reason = "ErrImagePull"
            message = message or (
                f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
                f'failed to resolve reference "{image}": {image}: not found'
            )
        elif isinstance(outcome, InvalidImageName):
            message = message or (
                f'Failed to apply default image tag "{image}": couldn\'t parse image name '
                f'"{image}": invalid reference format'
            )
        pod = self._set(pod, podstatus.waiting(pod, now, container, reason=reason, message=message))
        if isinstance(outcome, ImagePullBackOff):
            later = f'Back-off pulling image "{image}": ErrImagePull: {message}'
            self._after(fate.timings.back_off, pod, partial(self._back_off, container, later))

    def _back_off(self, container: str, message: str, pod: Manifest) -> None:
        status = podstatus.waiting(
            pod,
            self._cluster.clock.now(),
            container,
            reason="ImagePullBackOff",
            message=message,
        )
        self._set(pod, status)

    def _end(self, fate: Fate, pod: Manifest) -> None:
        """End a Pod that runs once."""
        now, outcome = self._cluster.clock.now(), fate.outcome
        if isinstance(outcome, Evicted):
            self._set(pod, podstatus.evicted(pod, now, outcome.message))
        elif isinstance(outcome, Succeeds) or outcome == ExitCode(0):
            self._set(pod, podstatus.succeeded(pod, now))
        else:
            code, reason, message = _end_of(fate)
            container = self._container(pod, fate)
            self._set(
                pod,
                podstatus.failed(pod, now, container, code=code, reason=reason, message=message),
            )

    def _settle(self, fate: Fate, pod: Manifest) -> None:
        """Make a Pod that stays ready, or let it crash."""
        now, outcome = self._cluster.clock.now(), fate.outcome
        if isinstance(outcome, Evicted):
            self._set(pod, podstatus.evicted(pod, now, outcome.message))
            return
        if not isinstance(outcome, ExitCode | OOMKilled):
            self._set(pod, podstatus.running(pod, now, ready=True))
            return
        code, reason, message = _end_of(fate)
        container = self._container(pod, fate)
        end = {"exitCode": code, "reason": reason, "message": message}
        pod = self._set(pod, podstatus.crash_loop(pod, now, container, end=end))
        restarts = pod["status"]["containerStatuses"][0]["restartCount"]
        if restarts < MOST_RESTARTS:
            delay = min(_FIRST_RESTART * 2 ** (restarts - 1), 300.0)
            self._after(delay, pod, partial(self._settle, fate))


def _end_of(fate: Fate) -> tuple[int, str, str]:
    outcome = fate.outcome
    if isinstance(outcome, OOMKilled):
        return _KILLED, "OOMKilled", outcome.message
    if isinstance(outcome, ExitCode):
        return outcome.code, "Error" if outcome.code else "Completed", outcome.message
    return 1, "Error", ""
