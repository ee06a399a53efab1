"""Everything that makes workloads move: scheduler, kubelet, the controllers of built-in kinds."""

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.claims import Claims
from metacontroller_offline.cronjobs import CronJobs
from metacontroller_offline.daemonsets import DaemonSets
from metacontroller_offline.deployments import Deployments
from metacontroller_offline.jobs import Jobs
from metacontroller_offline.objects import Manifest, Ref, controller_of
from metacontroller_offline.pods import Pods
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.replicasets import ReplicaSets
from metacontroller_offline.saving import Saved, Saving
from metacontroller_offline.scenario import Fates, Scenario
from metacontroller_offline.statefulsets import StatefulSets
from metacontroller_offline.store import Cluster


class Kubelet(Saving):
    """Runs workloads, Pods and claims of a cluster as a scenario says.

    Args:
        cluster: the API server.
        agenda: where the next steps are entered; whoever moves the clock runs it.
        scenario: what fails, and how long things take.
        fates: decide what becomes of Pods; those of the scenario without.
    """

    def __init__(
        self,
        cluster: Cluster,
        agenda: Agenda,
        scenario: Scenario | None = None,
        fates: Fates | None = None,
    ) -> None:
        chosen = scenario or Scenario()
        fates = fates or Fates(chosen)
        self._pods = Pods(cluster, agenda, fates)
        self._jobs = Jobs(cluster, agenda, chosen.timings)
        self._sets = StatefulSets(cluster, agenda)
        self._claims = Claims(cluster, agenda, fates)
        self._replica_sets = ReplicaSets(cluster, agenda)
        self._deployments = Deployments(cluster, agenda)
        self._daemon_sets = DaemonSets(cluster, agenda)
        self._cron_jobs = CronJobs(cluster, agenda)
        self._parts: tuple[Saving, ...] = (
            *(fates, self._pods, self._jobs, self._replica_sets),
            *(self._daemon_sets, self._cron_jobs),
        )
        cluster.watch(self._on_watch)

    def save(self) -> Saved:
        """Return what the controllers of built-in kinds remember."""
        return tuple(each.save() for each in self._parts)

    def load(self, saved: Saved) -> None:
        """Remember what was saved."""
        for part, each in zip(self._parts, saved, strict=True):
            part.load(each)

    def _on_watch(self, event: WatchEvent) -> None:
        match event.ref.kind:
            case "Pod":
                self._pods.on_pod(event)
                self._wake_owner(event)
            case "Job":
                self._jobs.on_job(event)
                self._wake_owner(event)
            case "ReplicaSet":
                self._replica_sets.on_set(event)
                self._wake_owner(event)
            case "Deployment":
                self._deployments.on_deployment(event)
            case "DaemonSet":
                self._daemon_sets.on_set(event)
            case "CronJob":
                self._cron_jobs.on_cron_job(event)
            case "StatefulSet":
                self._sets.on_set(event)
            case "PersistentVolumeClaim":
                self._claims.on_claim(event)
                self._pods.on_claim(event)

    def _wake_owner(self, event: WatchEvent) -> None:
        owned: Manifest = event.new or event.old or {}
        owner = controller_of(owned)
        if owner is None:
            return
        key = Ref(owner["apiVersion"], owner["kind"], event.ref.namespace, owner["name"])
        match event.ref.kind, owner["kind"]:
            case "Pod", "Job":
                self._jobs.on_pod(event, key)
            case "Pod", "StatefulSet":
                self._sets.look_at(key)
            case "Pod", "ReplicaSet":
                self._replica_sets.look_at(key)
            case "Pod", "DaemonSet":
                self._daemon_sets.look_at(key)
            case "ReplicaSet", "Deployment":
                self._deployments.look_at(key)
            case "Job", "CronJob":
                self._cron_jobs.look_at(key)
