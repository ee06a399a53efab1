"""The Deployment controller: one ReplicaSet for each template, and a rollout between them."""

from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from math import ceil

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.clock import stamp
from metacontroller_offline.objects import (
    Json,
    Manifest,
    Ref,
    controller_reference,
    dumps,
    is_deleting,
    ref,
    without,
)
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.store import Cluster

WRITER = "deployment-controller"
_HASH = "pod-template-hash"
_REVISION = "deployment.kubernetes.io/revision"


class Deployments:
    """Runs every Deployment of the cluster.

    Args:
        cluster: where they are.
        agenda: where the next steps are entered.
    """

    def __init__(self, cluster: Cluster, agenda: Agenda) -> None:
        self._cluster = cluster
        self._agenda = agenda

    def on_deployment(self, event: WatchEvent) -> None:
        """Look at a Deployment that is new or has changed."""
        if event.new is not None and event.by != WRITER:
            self.look_at(event.ref)

    def look_at(self, key: Ref) -> None:
        """Look at a Deployment whose ReplicaSets may have changed."""
        self._agenda.at(self._cluster.clock.now(), partial(self._reconcile, key))

    def _reconcile(self, key: Ref) -> None:
        deployment = self._cluster.read(key)
        if deployment is None or is_deleting(deployment):
            return
        latest = self._latest(deployment)
        others = [each for each in self._sets(deployment) if ref(each) != ref(latest)]
        if deployment["spec"]["strategy"]["type"] == "Recreate":
            self._recreate(deployment, latest, others)
        else:
            self._roll(deployment, latest, others)
        self._prune(deployment, latest)
        self._set_status(deployment, latest)

    def _sets(self, deployment: Manifest) -> list[Manifest]:
        return [
            each
            for each in self._cluster.dependents(deployment["metadata"]["uid"])
            if each["kind"] == "ReplicaSet" and not is_deleting(each)
        ]

    def _latest(self, deployment: Manifest) -> Manifest:
        """Return the ReplicaSet of the present template; a new one if there is none."""
        metadata, template = deployment["metadata"], deployment["spec"]["template"]
        digest = sha256(dumps(template).encode()).hexdigest()[:10]
        name = f"{metadata['name']}-{digest}"
        found = self._cluster.read(Ref("apps/v1", "ReplicaSet", metadata["namespace"], name))
        if found is not None:
            return found
        labels = {**(template["metadata"].get("labels") or {}), _HASH: digest}
        revision = str(len(self._sets(deployment)) + 1)
        selector = deployment["spec"]["selector"]
        marked = {**(selector.get("matchLabels") or {}), _HASH: digest}
        return self._cluster.create(
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "metadata": {
                    "name": name,
                    "namespace": metadata["namespace"],
                    "labels": labels,
                    "annotations": {_REVISION: revision},
                    "ownerReferences": [controller_reference(deployment)],
                },
                "spec": {
                    "replicas": 0,
                    "selector": {**selector, "matchLabels": marked},
                    "template": {
                        **template,
                        "metadata": {**template["metadata"], "labels": labels},
                    },
                },
            },
            by=WRITER,
        )

    def _scale(self, replica_set: Manifest, replicas: int) -> None:
        current = self._cluster.read(ref(replica_set)) or replica_set
        if current["spec"]["replicas"] != replicas:
            spec = {**current["spec"], "replicas": replicas}
            self._cluster.update({**current, "spec": spec}, by=WRITER)

    def _recreate(self, deployment: Manifest, latest: Manifest, others: list[Manifest]) -> None:
        for each in others:
            self._scale(each, 0)
        if not any(_count(each, "replicas") for each in others):
            self._scale(latest, deployment["spec"]["replicas"])

    def _roll(self, deployment: Manifest, latest: Manifest, others: list[Manifest]) -> None:
        wanted = deployment["spec"]["replicas"]
        rolling = deployment["spec"]["strategy"].get("rollingUpdate") or {}
        surge = _amount(rolling.get("maxSurge"), wanted, up=True)
        spare = _amount(rolling.get("maxUnavailable"), wanted, up=False)
        if not surge and not spare:
            spare = 1
        older = sum(each["spec"]["replicas"] for each in others)
        room = wanted + surge - older
        self._scale(latest, min(wanted, max(latest["spec"]["replicas"], room)))
        latest = self._cluster.read(ref(latest)) or latest
        available = sum(_count(each, "availableReplicas") for each in [latest, *others])
        surplus = available - (wanted - spare)
        for each in sorted(others, key=_revision):
            # Pods that are not available can go at once; others only if enough remain.
            down = each["spec"]["replicas"] - _count(each, "availableReplicas")
            going = min(each["spec"]["replicas"], down + max(surplus, 0))
            surplus -= max(going - down, 0)
            self._scale(each, each["spec"]["replicas"] - going)

    def _prune(self, deployment: Manifest, latest: Manifest) -> None:
        done = [
            each
            for each in self._sets(deployment)
            if ref(each) != ref(latest)
            and not each["spec"]["replicas"]
            and not _count(each, "replicas")
        ]
        kept = deployment["spec"]["revisionHistoryLimit"]
        for each in sorted(done, key=_revision)[: max(len(done) - kept, 0)]:
            self._cluster.delete(ref(each), by=WRITER)

    # The status.

    def _set_status(self, deployment: Manifest, latest: Manifest) -> None:
        current = self._cluster.read(ref(deployment)) or deployment
        latest = self._cluster.read(ref(latest)) or latest
        sets, wanted = self._sets(current), current["spec"]["replicas"]
        total, ready, available = (
            sum(_count(each, field) for each in sets)
            for field in ("replicas", "readyReplicas", "availableReplicas")
        )
        updated = _count(latest, "replicas")
        counts = {
            "replicas": total,
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": available,
            "unavailableReplicas": max(wanted - available, 0),
        }
        done = updated == wanted == total == available
        status = {
            "observedGeneration": current["metadata"]["generation"],
            **{key: count for key, count in counts.items() if count},
            "conditions": self._conditions(current, latest, available=available, done=done),
        }
        self._cluster.update_status({**current, "status": status}, by=WRITER)

    def _conditions(
        self, deployment: Manifest, latest: Manifest, *, available: int, done: bool
    ) -> list[Json]:
        spec = deployment["spec"]
        rolling = spec["strategy"].get("rollingUpdate") or {}
        spare = _amount(rolling.get("maxUnavailable"), spec["replicas"], up=False)
        enough = available >= spec["replicas"] - spare
        minimum = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        lacking = (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
        name = latest["metadata"]["name"]
        progress = (
            ("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
            if done
            else self._progress(deployment, latest)
        )
        return [
            self._condition(deployment, "Available", *(minimum if enough else lacking)),
            self._condition(deployment, "Progressing", *progress),
        ]

    def _progress(self, deployment: Manifest, latest: Manifest) -> tuple[str, str, str]:
        name, seconds = latest["metadata"]["name"], deployment["spec"]["progressDeadlineSeconds"]
        begun = datetime.fromisoformat(latest["metadata"]["creationTimestamp"])
        due, now = begun + timedelta(seconds=seconds), self._cluster.clock.now()
        if now >= due:
            message = f'ReplicaSet "{name}" has timed out progressing.'
            return "False", "ProgressDeadlineExceeded", message
        self._agenda.at(due, partial(self._reconcile, ref(deployment)))
        return "True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.'

    def _condition(
        self, deployment: Manifest, kind: str, status: str, reason: str, message: str
    ) -> Manifest:
        conditions = (deployment.get("status") or {}).get("conditions") or []
        old: Manifest = next((each for each in conditions if each["type"] == kind), {})
        now = stamp(self._cluster.clock.now())
        wanted = {"type": kind, "status": status, "reason": reason, "message": message}
        if without(old, "lastUpdateTime", "lastTransitionTime") == wanted:
            return old
        same_status = old.get("status") == status
        changed = old["lastTransitionTime"] if same_status else now
        return {**wanted, "lastUpdateTime": now, "lastTransitionTime": changed}


def _count(replica_set: Manifest, field: str) -> int:
    return int((replica_set.get("status") or {}).get(field, 0))


def _revision(replica_set: Manifest) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(_REVISION, "0"))


def _amount(value: Json, whole: int, *, up: bool) -> int:
    """Return what a count, or a percentage of a whole, amounts to."""
    if not isinstance(value, str):
        return int(value or 0)
    share = whole * int(value.rstrip("%")) / 100
    return ceil(share) if up else int(share)
