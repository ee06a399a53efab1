"""The CronJob controller: a Job at each time of the schedule, and no more than are to be kept."""

from datetime import UTC, datetime
from functools import partial

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.clock import stamp
from metacontroller_offline.cron import next_time
from metacontroller_offline.objects import (
    Json,
    Manifest,
    Ref,
    controller_reference,
    is_deleting,
    ref,
)
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.saving import Saving
from metacontroller_offline.store import Cluster

WRITER = "cronjob-controller"
_MINUTE = 60


class CronJobs(Saving):
    """Runs every CronJob of the cluster.

    Args:
        cluster: where they are.
        agenda: where the next steps are entered.
    """

    remembered = ("_due",)

    def __init__(self, cluster: Cluster, agenda: Agenda) -> None:
        self._cluster = cluster
        self._agenda = agenda
        self._due: dict[Ref, datetime] = {}

    def on_cron_job(self, event: WatchEvent) -> None:
        """Enter the next time of a CronJob that is new or has changed."""
        if event.new is None:
            self._due.pop(event.ref, None)
        elif event.by != WRITER:
            self._enter(event.new)

    def look_at(self, key: Ref) -> None:
        """Look at a CronJob whose Jobs may have changed."""
        self._agenda.at(self._cluster.clock.now(), partial(self._tidy, key))

    def _enter(self, cron_job: Manifest) -> None:
        spec, key = cron_job["spec"], ref(cron_job)
        due = next_time(spec["schedule"], self._cluster.clock.now(), spec.get("timeZone"))
        if due is not None and self._due.get(key) != due:
            self._due[key] = due
            self._agenda.at(due, partial(self._run, key, due))

    def _run(self, key: Ref, due: datetime) -> None:
        cron_job = self._cluster.read(key)
        if cron_job is None or is_deleting(cron_job) or self._due.get(key) != due:
            return
        if not cron_job["spec"]["suspend"]:
            self._start(cron_job, due)
        self._enter(self._cluster.read(key) or cron_job)

    def _start(self, cron_job: Manifest, due: datetime) -> None:
        active = [each for each in self._jobs(cron_job) if not _end(each)]
        policy = cron_job["spec"]["concurrencyPolicy"]
        if active and policy == "Forbid":
            return
        if policy == "Replace":
            for each in active:
                self._cluster.delete(ref(each), by=WRITER)
        self._create(cron_job, due)
        self._set_status(cron_job, {"lastScheduleTime": stamp(due)})

    def _create(self, cron_job: Manifest, due: datetime) -> None:
        metadata, template = cron_job["metadata"], cron_job["spec"]["jobTemplate"]
        given = template.get("metadata") or {}
        time = {"batch.kubernetes.io/cronjob-scheduled-timestamp": stamp(due.astimezone(UTC))}
        job = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": f"{metadata['name'][:52]}-{int(due.timestamp()) // _MINUTE}",
                "namespace": metadata["namespace"],
                "labels": given.get("labels") or {},
                "annotations": {**(given.get("annotations") or {}), **time},
                "ownerReferences": [controller_reference(cron_job)],
            },
            "spec": template["spec"],
        }
        if self._cluster.read(ref(job)) is None:
            self._cluster.create(job, by=WRITER)

    def _jobs(self, cron_job: Manifest) -> list[Manifest]:
        return [
            each
            for each in self._cluster.dependents(cron_job["metadata"]["uid"])
            if each["kind"] == "Job" and not is_deleting(each)
        ]

    def _tidy(self, key: Ref) -> None:
        """Note what has ended, and remove what is too old to be kept."""
        cron_job = self._cluster.read(key)
        if cron_job is None or is_deleting(cron_job):
            return
        limits = {"Complete": "successfulJobsHistoryLimit", "Failed": "failedJobsHistoryLimit"}
        for end, limit in limits.items():
            ended = [each for each in self._jobs(cron_job) if _end(each) == end]
            ended.sort(key=lambda each: str(each["metadata"]["creationTimestamp"]))
            for each in ended[: max(len(ended) - cron_job["spec"][limit], 0)]:
                self._cluster.delete(ref(each), by=WRITER)
        times = [
            each["status"]["completionTime"]
            for each in self._jobs(cron_job)
            if _end(each) == "Complete"
        ]
        self._set_status(cron_job, {"lastSuccessfulTime": max(times)} if times else {})

    def _set_status(self, cron_job: Manifest, news: Manifest) -> None:
        current = self._cluster.read(ref(cron_job)) or cron_job
        active: list[Json] = [
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "name": each["metadata"]["name"],
                "namespace": each["metadata"]["namespace"],
                "resourceVersion": each["metadata"]["resourceVersion"],
                "uid": each["metadata"]["uid"],
            }
            for each in self._jobs(current)
            if not _end(each)
        ]
        old = {key: each for key, each in (current.get("status") or {}).items() if key != "active"}
        status = {**old, **news, **({"active": active} if active else {})}
        self._cluster.update_status({**current, "status": status}, by=WRITER)


def _end(job: Manifest) -> str:
    """Return Complete or Failed; empty while the Job runs."""
    conditions = (job.get("status") or {}).get("conditions") or []
    ends = [each["type"] for each in conditions if each["status"] == "True"]
    return next((each for each in ("Complete", "Failed") if each in ends), "")
