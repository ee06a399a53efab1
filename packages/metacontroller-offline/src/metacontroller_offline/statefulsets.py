"""The StatefulSet controller: one Pod per ordinal, rolling updates from the last to the first."""

from datetime import timedelta
from functools import partial
from hashlib import sha256

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.objects import (
    Manifest,
    Ref,
    controller_reference,
    dumps,
    is_deleting,
    ref,
)
from metacontroller_offline.podstatus import is_ready
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.store import Cluster

WRITER = "statefulset-controller"
_REVISION = "controller-revision-hash"


class StatefulSets:
    """Runs every StatefulSet of the cluster.

    Args:
        cluster: where they are.
        agenda: where the next steps are entered.
    """

    def __init__(self, cluster: Cluster, agenda: Agenda) -> None:
        self._cluster = cluster
        self._agenda = agenda

    def on_set(self, event: WatchEvent) -> None:
        """Look at a StatefulSet that is new or has changed."""
        if event.new is not None and event.by != WRITER:
            self.look_at(event.ref)

    def look_at(self, key: Ref) -> None:
        """Look at a StatefulSet whose Pods may have changed."""
        self._agenda.at(self._cluster.clock.now(), partial(self._reconcile, key))

    def _reconcile(self, key: Ref) -> None:
        stateful_set = self._cluster.read(key)
        if stateful_set is None or is_deleting(stateful_set):
            return
        revision = _revision(stateful_set)
        while self._step(stateful_set, revision):
            pass
        self._set_status(stateful_set, revision)

    def _pods(self, stateful_set: Manifest) -> dict[int, Manifest]:
        pods = [
            each
            for each in self._cluster.dependents(stateful_set["metadata"]["uid"])
            if each["kind"] == "Pod" and not is_deleting(each)
        ]
        return {int(each["metadata"]["name"].rpartition("-")[2]): each for each in pods}

    def _step(self, stateful_set: Manifest, revision: str) -> bool:
        """Create or delete one Pod; say whether to look again."""
        spec, pods = stateful_set["spec"], self._pods(stateful_set)
        in_order = spec["podManagementPolicy"] == "OrderedReady"
        for ordinal in range(spec["replicas"]):
            pod = pods.get(ordinal)
            if pod is None:
                self._create_pod(stateful_set, ordinal, self._revision_for(stateful_set, ordinal))
                return True
            if (pod.get("status") or {}).get("phase") in {"Failed", "Succeeded"}:
                self._delete_soon(pod)
                return False
            if in_order and not is_ready(pod):
                # A Pod that never becomes ready holds up scaling and rolling updates alike,
                # as in the real controller: someone has to delete it.
                return False
        surplus = [ordinal for ordinal in pods if ordinal >= spec["replicas"]]
        if surplus:
            self._cluster.delete(ref(pods[max(surplus)]), by=WRITER)
            return True
        return self._roll(stateful_set, pods, revision)

    def _roll(self, stateful_set: Manifest, pods: dict[int, Manifest], revision: str) -> bool:
        strategy = stateful_set["spec"]["updateStrategy"]
        if strategy.get("type") == "OnDelete":
            return False
        partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        for ordinal in sorted(pods, reverse=True):
            if ordinal < partition:
                return False
            pod = pods[ordinal]
            if pod["metadata"]["labels"][_REVISION] != revision:
                self._cluster.delete(ref(pod), by=WRITER)
                return True
            if not is_ready(pod):
                return False
        return False

    def _delete_soon(self, pod: Manifest) -> None:
        key, uid = ref(pod), pod["metadata"]["uid"]
        due = self._cluster.clock.now() + timedelta(seconds=1)
        self._agenda.at(due, partial(self._delete_ended, key, uid))

    def _delete_ended(self, key: Ref, uid: str) -> None:
        pod = self._cluster.read(key)
        if pod is not None and pod["metadata"]["uid"] == uid:
            self._cluster.delete(key, by=WRITER)

    def _revision_for(self, stateful_set: Manifest, ordinal: int) -> str:
        """Return the revision of a new Pod: below the partition it is the current one."""
        status = stateful_set.get("status") or {}
        strategy = stateful_set["spec"]["updateStrategy"]
        partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        current = status.get("currentRevision")
        return current if current and ordinal < partition else _revision(stateful_set)

    def _create_pod(self, stateful_set: Manifest, ordinal: int, revision: str) -> None:
        metadata, template = stateful_set["metadata"], stateful_set["spec"]["template"]
        name = f"{metadata['name']}-{ordinal}"
        volumes = self._claims(stateful_set, name)
        spec = {**template["spec"], "hostname": name}
        if volumes:
            own = {each["name"] for each in volumes}
            given = [each for each in spec.get("volumes") or [] if each["name"] not in own]
            spec["volumes"] = [*given, *volumes]
        if service := stateful_set["spec"].get("serviceName"):
            spec["subdomain"] = service
        labels = {
            **(template["metadata"].get("labels") or {}),
            "apps.kubernetes.io/pod-index": str(ordinal),
            _REVISION: revision,
            "statefulset.kubernetes.io/pod-name": name,
        }
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                **template["metadata"],
                "labels": labels,
                "name": name,
                "namespace": metadata["namespace"],
                "ownerReferences": [controller_reference(stateful_set)],
            },
            "spec": spec,
        }
        if self._cluster.read(ref(pod)) is None:
            self._cluster.create(pod, by=WRITER)

    def _claims(self, stateful_set: Manifest, pod: str) -> list[Manifest]:
        volumes = []
        for template in stateful_set["spec"].get("volumeClaimTemplates") or []:
            name = template["metadata"]["name"]
            claim = {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {
                    **template["metadata"],
                    "name": f"{name}-{pod}",
                    "namespace": stateful_set["metadata"]["namespace"],
                },
                "spec": template["spec"],
            }
            if self._cluster.read(ref(claim)) is None:
                self._cluster.create(claim, by=WRITER)
            volumes.append({"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{pod}"}})
        return volumes

    def _set_status(self, stateful_set: Manifest, revision: str) -> None:
        current = self._cluster.read(ref(stateful_set)) or stateful_set
        pods = list(self._pods(current).values())
        old = current.get("status") or {}
        updated = sum(each["metadata"]["labels"][_REVISION] == revision for each in pods)
        done = updated == len(pods) == current["spec"]["replicas"] and all(map(is_ready, pods))
        before = revision if done else old.get("currentRevision") or revision
        ready = sum(map(is_ready, pods))
        still = sum(each["metadata"]["labels"][_REVISION] == before for each in pods)
        status = {
            "availableReplicas": ready,
            "collisionCount": 0,
            "currentRevision": before,
            "observedGeneration": current["metadata"]["generation"],
            "replicas": len(pods),
            "updateRevision": revision,
            **({"currentReplicas": still} if still else {}),
            **({"readyReplicas": ready} if ready else {}),
            **({"updatedReplicas": updated} if updated else {}),
        }
        self._cluster.update_status({**current, "status": status}, by=WRITER)


def _revision(stateful_set: Manifest) -> str:
    digest = sha256(dumps(stateful_set["spec"]["template"]).encode()).hexdigest()[:10]
    return f"{stateful_set['metadata']['name']}-{digest}"
