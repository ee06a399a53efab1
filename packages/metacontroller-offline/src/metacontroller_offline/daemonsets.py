"""The DaemonSet controller: one Pod on the one node, replaced when the template changes."""

from functools import partial
from hashlib import sha256

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.objects import Manifest, Ref, dumps, is_deleting, ref
from metacontroller_offline.podstatus import is_ready
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.replicasets import pod_of, running_pods, suffix
from metacontroller_offline.saving import Saving
from metacontroller_offline.store import Cluster

WRITER = "daemonset-controller"
_HASH = "controller-revision-hash"


class DaemonSets(Saving):
    """Runs every DaemonSet of the cluster.

    Args:
        cluster: where they are.
        agenda: where the next steps are entered.
    """

    remembered = ("_created",)

    def __init__(self, cluster: Cluster, agenda: Agenda) -> None:
        self._cluster = cluster
        self._agenda = agenda
        self._created: dict[str, int] = {}

    def on_set(self, event: WatchEvent) -> None:
        """Look at a DaemonSet that is new or has changed."""
        if event.new is not None and event.by != WRITER:
            self.look_at(event.ref)

    def look_at(self, key: Ref) -> None:
        """Look at a DaemonSet whose Pod may have changed."""
        self._agenda.at(self._cluster.clock.now(), partial(self._reconcile, key))

    def _reconcile(self, key: Ref) -> None:
        daemon_set = self._cluster.read(key)
        if daemon_set is None or is_deleting(daemon_set):
            return
        digest = sha256(dumps(daemon_set["spec"]["template"]).encode()).hexdigest()[:10]
        pods = running_pods(self._cluster, daemon_set)
        rolls = daemon_set["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        for pod in pods if rolls else []:
            if pod["metadata"]["labels"].get(_HASH) != digest:
                self._cluster.delete(ref(pod), by=WRITER)
        if not running_pods(self._cluster, daemon_set):
            self._create_pod(daemon_set, digest)
        self._set_status(daemon_set, digest)

    def _create_pod(self, daemon_set: Manifest, digest: str) -> None:
        metadata, template = daemon_set["metadata"], daemon_set["spec"]["template"]
        number = self._created[metadata["uid"]] = self._created.get(metadata["uid"], 0) + 1
        labels = {
            **(template["metadata"].get("labels") or {}),
            _HASH: digest,
            "pod-template-generation": "1",
        }
        marked = {**template, "metadata": {**template["metadata"], "labels": labels}}
        pod = pod_of(daemon_set, marked, suffix(metadata["uid"], number))
        self._cluster.create(pod, by=WRITER)

    def _set_status(self, daemon_set: Manifest, digest: str) -> None:
        current = self._cluster.read(ref(daemon_set)) or daemon_set
        pods = running_pods(self._cluster, current)
        ready = sum(map(is_ready, pods))
        updated = sum(each["metadata"]["labels"].get(_HASH) == digest for each in pods)
        lacking = 1 - ready
        status = {
            "currentNumberScheduled": len(pods),
            "desiredNumberScheduled": 1,
            "numberMisscheduled": 0,
            "numberReady": ready,
            "observedGeneration": current["metadata"]["generation"],
            **({"numberAvailable": ready} if ready else {}),
            **({"numberUnavailable": lacking} if lacking else {}),
            **({"updatedNumberScheduled": updated} if updated else {}),
        }
        self._cluster.update_status({**current, "status": status}, by=WRITER)
