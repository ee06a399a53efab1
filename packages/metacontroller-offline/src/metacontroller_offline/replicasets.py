"""The ReplicaSet controller: as many Pods as are wanted, and what has become of them."""

from functools import partial
from hashlib import sha256

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.objects import Manifest, Ref, controller_reference, is_deleting, ref
from metacontroller_offline.podstatus import is_ready
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.saving import Saving
from metacontroller_offline.store import Cluster

WRITER = "replicaset-controller"


class ReplicaSets(Saving):
    """Runs every ReplicaSet of the cluster.

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
        """Look at a ReplicaSet that is new or has changed."""
        if event.new is not None and event.by != WRITER:
            self.look_at(event.ref)

    def look_at(self, key: Ref) -> None:
        """Look at a ReplicaSet whose Pods may have changed."""
        self._agenda.at(self._cluster.clock.now(), partial(self._reconcile, key))

    def _reconcile(self, key: Ref) -> None:
        replica_set = self._cluster.read(key)
        if replica_set is None or is_deleting(replica_set):
            return
        pods = running_pods(self._cluster, replica_set)
        wanted = replica_set["spec"]["replicas"]
        for _ in range(wanted - len(pods)):
            self._create_pod(replica_set)
        # Those that are not ready go first, then the youngest.
        for pod in sorted(pods, key=is_ready)[: max(len(pods) - wanted, 0)]:
            self._cluster.delete(ref(pod), by=WRITER)
        self._set_status(replica_set)

    def _create_pod(self, replica_set: Manifest) -> None:
        metadata, template = replica_set["metadata"], replica_set["spec"]["template"]
        number = self._created[metadata["uid"]] = self._created.get(metadata["uid"], 0) + 1
        self._cluster.create(pod_of(replica_set, template, suffix(metadata["uid"], number)),
                             by=WRITER)  # fmt: skip

    def _set_status(self, replica_set: Manifest) -> None:
        current = self._cluster.read(ref(replica_set)) or replica_set
        pods = running_pods(self._cluster, current)
        ready, count = sum(map(is_ready, pods)), len(pods)
        status = {
            "replicas": count,
            "observedGeneration": current["metadata"]["generation"],
            **({"fullyLabeledReplicas": count} if count else {}),
            **({"readyReplicas": ready, "availableReplicas": ready} if ready else {}),
        }
        self._cluster.update_status({**current, "status": status}, by=WRITER)


def suffix(uid: str, number: int) -> str:
    """Return the last part of the name of an owner's Pod, the same in every run."""
    return sha256(f"{uid}/{number}".encode()).hexdigest()[:5]


def pod_of(owner: Manifest, template: Manifest, end: str) -> Manifest:
    """Return a Pod of a workload, as its template says."""
    metadata = owner["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **template["metadata"],
            "name": f"{metadata['name'][:57]}-{end}",
            "namespace": metadata["namespace"],
            "ownerReferences": [controller_reference(owner)],
        },
        "spec": template["spec"],
    }


def running_pods(cluster: Cluster, owner: Manifest) -> list[Manifest]:
    """Return the Pods of an owner that have not ended and are not being deleted."""
    return [
        each
        for each in cluster.dependents(owner["metadata"]["uid"])
        if each["kind"] == "Pod"
        and not is_deleting(each)
        and (each.get("status") or {}).get("phase") not in {"Failed", "Succeeded"}
    ]
