"""The Job controller: Pods until one succeeds, or until the Job has failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.clock import stamp
from metacontroller_offline.errors import UnsupportedError
from metacontroller_offline.jobpods import (
    active,
    done_indexes,
    index_ranges,
    is_complete,
    is_indexed,
    missing,
    phase,
    pod_of_job,
    refuse_unsupported,
    succeeded,
)
from metacontroller_offline.objects import Manifest, Ref, is_deleting, ref
from metacontroller_offline.podstatus import is_ready
from metacontroller_offline.reading import WatchEvent
from metacontroller_offline.saving import Saving
from metacontroller_offline.scenario import Timings
from metacontroller_offline.store import Cluster

WRITER = "job-controller"
_FIRST_RETRY = 10.0
_LAST_RETRY = 600.0
_FAILED = "Failed"


@dataclass
class _Record:
    """What a Job's controller remembers of its Pods."""

    uid: str
    failed: int = 0
    counted: frozenset[str] = frozenset()
    live: frozenset[str] = frozenset()
    created: int = 0
    retry_at: datetime | None = None


class Jobs(Saving):
    """Runs every Job of the cluster.

    Args:
        cluster: where the Jobs are.
        agenda: where the next steps are entered.
        timings: the usual durations.
    """

    remembered = ("_records",)

    def __init__(self, cluster: Cluster, agenda: Agenda, timings: Timings) -> None:
        self._cluster = cluster
        self._agenda = agenda
        self._timings = timings
        self._records: dict[Ref, _Record] = {}

    def on_job(self, event: WatchEvent) -> None:
        """Look at a Job that is new or has changed."""
        if event.new is None:
            self._records.pop(event.ref, None)
        elif event.by != WRITER:
            self._later(0, event.ref)

    def on_pod(self, event: WatchEvent, owner: Ref) -> None:
        """Look at the Job of a Pod that has changed; a Pod that ended is noticed a bit later."""
        phase = ((event.new or {}).get("status") or {}).get("phase")
        ended = event.new is None or phase in {"Succeeded", _FAILED}
        self._later(self._timings.notice if ended else 0, owner)

    def _later(self, seconds: float, key: Ref) -> None:
        due = self._cluster.clock.now() + timedelta(seconds=seconds)
        self._agenda.at(due, partial(self._reconcile, key))

    def _reconcile(self, key: Ref) -> None:
        job = self._cluster.read(key)
        if job is None or is_deleting(job) or _is_finished(job):
            return
        refuse_unsupported(job)
        record = self._records.get(key)
        if record is None or record.uid != job["metadata"]["uid"]:
            record = self._records[key] = _Record(job["metadata"]["uid"])
        if job["spec"]["suspend"]:
            for pod in self._pods(job):
                self._cluster.delete(ref(pod), by=WRITER)
            record.live = frozenset()
            return
        self._progress(job, record)

    def _pods(self, job: Manifest) -> list[Manifest]:
        return [
            each
            for each in self._cluster.dependents(job["metadata"]["uid"])
            if each["kind"] == "Pod" and not is_deleting(each)
        ]

    def _progress(self, job: Manifest, record: _Record) -> None:
        pods = self._pods(job)
        if is_complete(job, pods):
            self._finish(
                job,
                record,
                "Complete",
                "CompletionsReached",
                "Reached expected number of succeeded pods",
            )
            return
        if "startTime" not in (job.get("status") or {}):
            job = self._set_status(job, record, {})
            self._enter_deadline(job)
        elif self._deadline_has_passed(job):
            self._fail(
                job, record, "DeadlineExceeded", "Job was active longer than specified deadline"
            )
            return
        verdict = self._count_failures(job, record, pods)
        if verdict:
            self._fail(job, record, *verdict)
            return
        self._create_pods(job, record, missing(job, pods))
        self._set_status(job, record, {})

    def _count_failures(
        self, job: Manifest, record: _Record, pods: list[Manifest]
    ) -> tuple[str, str] | None:
        """Count Pods that failed or vanished; return reason and message if the Job has failed."""
        present = {each["metadata"]["uid"]: each for each in pods}
        fresh = [each for each in pods if phase(each) == _FAILED]
        fresh = [each for each in fresh if each["metadata"]["uid"] not in record.counted]
        gone = record.live - set(present)
        counted = len(gone)
        if fresh and job["spec"]["template"]["spec"]["restartPolicy"] == "OnFailure":
            raise UnsupportedError(
                f"{ref(job)}: a container that fails with restartPolicy OnFailure is not simulated."
            )
        for pod in fresh:
            record.counted |= {pod["metadata"]["uid"]}
            action, message = _policy(job, pod)
            if action == "FailJob":
                record.failed += 1
                return "PodFailurePolicy", message
            counted += action != "Ignore"
        record.live = frozenset(uid for uid, each in present.items() if phase(each) != _FAILED)
        if counted or fresh:
            record.failed += counted
            delay = min(_FIRST_RETRY * 2 ** max(record.failed - 1, 0), _LAST_RETRY)
            record.retry_at = self._cluster.clock.now() + timedelta(seconds=delay)
        if record.failed > job["spec"]["backoffLimit"]:
            return "BackoffLimitExceeded", "Job has reached the specified backoff limit"
        return None

    def _create_pods(self, job: Manifest, record: _Record, indexes: list[int | None]) -> None:
        now = self._cluster.clock.now()
        if indexes and record.retry_at is not None and now < record.retry_at:
            self._agenda.at(record.retry_at, partial(self._reconcile, ref(job)))
            return
        for index in indexes:
            record.created += 1
            pod = self._cluster.create(pod_of_job(job, record.created, index), by=WRITER)
            record.live |= {pod["metadata"]["uid"]}

    # The status, and the end.

    def _set_status(self, job: Manifest, record: _Record, end: Manifest) -> Manifest:
        current = self._cluster.read(ref(job)) or job
        everyone = self._pods(job)
        pods, count = active(everyone), succeeded(job, everyone)
        running = 0 if end else len(pods)
        old, indexed = current.get("status") or {}, is_indexed(job) and count
        status = {
            "startTime": old.get("startTime") or stamp(self._cluster.clock.now()),
            "ready": 0 if end else sum(is_ready(each) for each in pods),
            "terminating": 0,
            "uncountedTerminatedPods": {},
            **({"active": running} if running else {}),
            **({"succeeded": count} if count else {}),
            **({"completedIndexes": index_ranges(done_indexes(everyone))} if indexed else {}),
            **({"failed": record.failed} if record.failed else {}),
            **end,
        }
        return self._cluster.update_status({**current, "status": status}, by=WRITER)

    def _finish(self, job: Manifest, record: _Record, *verdict: str) -> None:
        kind, reason, message = verdict
        now = stamp(self._cluster.clock.now())
        target = "SuccessCriteriaMet" if kind == "Complete" else "FailureTarget"
        end: Manifest = {
            "conditions": [
                {
                    "type": each,
                    "status": "True",
                    "reason": reason,
                    "message": message,
                    "lastProbeTime": now,
                    "lastTransitionTime": now,
                }
                for each in (target, kind)
            ]
        }
        if kind == "Complete":
            end["completionTime"] = now
        self._set_status(job, record, end)
        ttl = job["spec"].get("ttlSecondsAfterFinished")
        if ttl is not None:
            due = self._cluster.clock.now() + timedelta(seconds=ttl)
            self._agenda.at(due, partial(self._expire, ref(job), record.uid))

    def _fail(self, job: Manifest, record: _Record, reason: str, message: str) -> None:
        for pod in active(self._pods(job)):
            self._cluster.delete(ref(pod), by=WRITER)
            record.failed += 1
        self._finish(job, record, _FAILED, reason, message)

    def _expire(self, key: Ref, uid: str) -> None:
        job = self._cluster.read(key)
        if job is not None and job["metadata"]["uid"] == uid:
            self._cluster.delete(key, by="ttl-controller")

    # The deadline.

    def _deadline(self, job: Manifest) -> datetime | None:
        seconds = job["spec"].get("activeDeadlineSeconds")
        if seconds is None:
            return None
        start = datetime.fromisoformat(job["status"]["startTime"])
        return start + timedelta(seconds=seconds)

    def _enter_deadline(self, job: Manifest) -> None:
        due = self._deadline(job)
        if due is not None:
            self._agenda.at(due, partial(self._reconcile, ref(job)))

    def _deadline_has_passed(self, job: Manifest) -> bool:
        due = self._deadline(job)
        return due is not None and self._cluster.clock.now() >= due


def _is_finished(job: Manifest) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or []
    return any(
        each["type"] in {"Complete", _FAILED} and each["status"] == "True" for each in conditions
    )


def _policy(job: Manifest, pod: Manifest) -> tuple[str, str]:
    """Return the action of the first rule of podFailurePolicy that a failed Pod matches."""
    rules = (job["spec"].get("podFailurePolicy") or {}).get("rules") or []
    for index, rule in enumerate(rules):
        matched = _matched_exit(rule.get("onExitCodes"), pod)
        if matched:
            container, code = matched
            metadata = pod["metadata"]
            return rule["action"], (
                f"Container {container} for pod {metadata['namespace']}/{metadata['name']} failed "
                f"with exit code {code} matching {rule['action']} rule at index {index}"
            )
    return "Count", ""


def _matched_exit(requirement: Manifest | None, pod: Manifest) -> tuple[str, int] | None:
    if not requirement:
        return None
    status = pod["status"]
    wanted = requirement.get("containerName")
    for each in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        ended = each["state"].get("terminated")
        if not ended or ended["exitCode"] == 0 or (wanted and each["name"] != wanted):
            continue
        inside = ended["exitCode"] in requirement.get("values", [])
        if inside == (requirement["operator"] == "In"):
            return each["name"], ended["exitCode"]
    return None
