"""What Substratus promises, as invariants of the explorer: none knows how the hooks keep them."""

from collections.abc import Iterable, Iterator, Mapping

from metacontroller_offline.explorer import Invariant, Step, not_made_again
from metacontroller_offline.objects import Manifest, Ref, controller_of, labels, ref

from hooks import names
from hooks.api import API_VERSION

WRITER = "metacontroller"
_ENDED = ("Succeeded", "Failed")
_PASSING = (
    *("Pending", "Building", "Loading", "Training", "Stopping"),
    *("RollingUpdate", "ServerNotReady", "NotebookNotReady"),
)
"""Reasons that say that something is under way."""

Memory = frozenset[tuple[str, ...]]


def _runs_once(step: Step, complete: Memory) -> tuple[Memory, str]:
    """Remember the runs that a status calls complete; find a Job that computes one of them again.

    A Job that somebody deletes before a call has seen that it is complete leaves no trace.
    """
    for write in step.writes_of("Job", WRITER):
        run = _run(write.new or {"metadata": {}})
        if write.old is None and run in complete:
            return complete, f"Job {write.ref.name} computes run {run[-1]} again."
    if step.request is not None and _is_written(step):
        jobs = (step.request["children"].get("Job.batch/v1") or {}).values()
        complete |= {_run(each) for each in jobs if _is_complete(each)}
    for write in step.writes_of("PersistentVolumeClaim"):
        if write.new is None:
            # With its claim a result is gone.
            complete = frozenset(each for each in complete if each[-1][:10] not in write.ref.name)
    return complete, ""


def _is_written(step: Step) -> bool:
    """Say whether the status that a call has answered with is the parent's."""
    parent = step.after.get(ref((step.request or {})["parent"])) or {}
    status = {**(parent.get("status") or {})}
    status.pop("observedGeneration", None)
    return step.answer is not None and status == step.answer["status"]


def _one_at_a_time(step: Step, memory: None) -> tuple[None, str]:
    """Find a Job that is made while the request shows a Pod of its run that has not ended."""
    pods = [each for each in _shown(step, "Pod.v1") if _phase(each) not in _ENDED]
    for write in step.writes_of("Job", WRITER):
        if write.old is not None:
            continue
        run = _run(write.new or {})
        other = next((each for each in pods if labels(each).get(names.RUN) == run[-1]), None)
        if other is not None:
            name = other["metadata"]["name"]
            return (
                memory,
                f"Job {write.ref.name} is made while Pod {name} of its run has not ended.",
            )
    return memory, ""


def _claims_stay(step: Step, memory: None) -> tuple[None, str]:
    """Find a claim that goes although a status names it, or an active Job writes to it."""
    for write in step.writes_of("PersistentVolumeClaim", WRITER):
        if write.new is not None:
            continue
        for key, each in step.after.items():
            if _names(each, write.ref):
                return memory, f"Claim {write.ref.name} goes, and the status of {key} names it."
            if key.kind == "Job" and not _has_ended(each) and write.ref.name in _mounted(each):
                return (
                    memory,
                    f"Claim {write.ref.name} goes, and {key}, which is active, mounts it.",
                )
    return memory, ""


def _active_jobs_stay(step: Step, memory: None) -> tuple[None, str]:
    """Find a Job that goes while it is active although nothing that decided its run was edited."""
    for write in step.writes_of("Job", WRITER):
        job = write.old or {}
        if write.new is not None or _has_ended(job) or step.request is None:
            continue
        stale = [key for key, seen in _seen(step) if _is_older(seen, step.before.get(key))]
        if stale:
            listed = ", ".join(map(str, stale))
            return (
                memory,
                f"{write.ref} is active and goes, for a call that saw {listed} as before.",
            )
    return memory, ""


def _servers_stay(step: Step, memory: None) -> tuple[None, str]:
    """Find a server or notebook that goes although its owner remains."""
    for write in step.writes_of("StatefulSet", WRITER):
        parent = (step.request or {}).get("parent") or {"metadata": {}}
        if write.new is None and not parent["metadata"].get("deletionTimestamp"):
            return memory, f"{write.ref} goes, and its owner remains."
    return memory, ""


def _ready_runs(objects: Mapping[Ref, Manifest]) -> str:
    """Find a server or notebook that is Ready at rest although no Pod of it is."""
    for key, each in objects.items():
        if key.kind not in {"ModelServer", "Notebook"}:
            continue
        ready = _condition(each, "Ready")
        if ready.get("status") != "True" or ready.get("reason") in {"Suspended", "ScaledToZero"}:
            continue
        uid = each["metadata"]["uid"]
        owned = [other for other in objects.values() if _owner_uid(other) == uid]
        if not any((other.get("status") or {}).get("readyReplicas") for other in owned):
            return f"{key} is Ready, and no Pod of it is."
    return ""


def _ends_somewhere(objects: Mapping[Ref, Manifest]) -> str:
    """Find an object that says at rest that something is under way, though no Pod is."""
    for key, each in objects.items():
        ready = _condition(each, "Ready")
        if key.api_version == API_VERSION and ready.get("reason") in _PASSING:
            pods = [
                other
                for other in objects.values()
                if other["kind"] == "Pod" and _phase(other) not in _ENDED
            ]
            if not pods and not _waits_for(each, objects):
                return f"{key} says {ready['reason']}, and nothing runs: {ready.get('message')}"
    return ""


PROMISES = (
    Invariant(
        "once",
        "What a status calls complete is never computed again.",
        check=_runs_once,
        memory=frozenset(),
    ),
    Invariant(
        "one at a time",
        "No Job of a run begins in a call that shows a Pod of the run which has not ended.",
        check=_one_at_a_time,
    ),
    Invariant(
        "claims stay",
        "No claim goes that a status names or an active Job mounts.",
        check=_claims_stay,
    ),
    Invariant(
        "active Jobs stay",
        "No active Job goes for a call that saw an older object than there is.",
        check=_active_jobs_stay,
    ),
    Invariant("servers stay", "What serves goes with its owner alone.", check=_servers_stay),
    Invariant("ready", "At rest, what is Ready runs.", at_rest=_ready_runs),
    Invariant("ends", "At rest, nothing says that it is under way.", at_rest=_ends_somewhere),
    not_made_again("Job", "PersistentVolumeClaim", "Service", "StatefulSet"),
)
"""Every promise, in the order in which they are asked for."""


def _run(job: Manifest) -> tuple[str, ...]:
    carried = labels(job)
    owner = controller_of(job) or {"kind": "", "name": ""}
    steps = (carried.get(each, "") for each in (names.STEP, names.ATTEMPT, names.RUN))
    return (owner["kind"], owner["name"], *steps)


def _shown(step: Step, group: str) -> Iterator[Manifest]:
    request = step.request or {}
    for member in ("children", "related"):
        yield from ((request.get(member) or {}).get(group) or {}).values()


def _seen(step: Step) -> Iterator[tuple[Ref, Manifest]]:
    """Yield the objects of our own kinds that a call saw."""
    request = step.request or {}
    shown: list[Iterable[Manifest]] = [[request["parent"]]]
    shown += [group.values() for group in (request.get("related") or {}).values()]
    for group in shown:
        for each in group:
            if each["apiVersion"] == API_VERSION:
                metadata = each["metadata"]
                key = Ref(API_VERSION, each["kind"], metadata["namespace"], metadata["name"])
                yield key, each


def _is_older(seen: Manifest, present: Manifest | None) -> bool:
    if present is None:
        return False
    return bool(seen["metadata"]["generation"] < present["metadata"]["generation"])


def _phase(pod: Manifest) -> str:
    return str((pod.get("status") or {}).get("phase", "Pending"))


def _condition(each: Manifest, type_: str) -> Manifest:
    conditions = (each.get("status") or {}).get("conditions") or []
    return next((item for item in conditions if item["type"] == type_), {})


def _is_complete(job: Manifest) -> bool:
    return _condition(job, "Complete").get("status") == "True"


def _has_ended(job: Manifest) -> bool:
    return _is_complete(job) or _condition(job, "Failed").get("status") == "True"


def _names(each: Manifest, claim: Ref) -> bool:
    return each["apiVersion"] == API_VERSION and f"pvc://{claim.name}/" in str(each.get("status"))


def _mounted(job: Manifest) -> set[str]:
    volumes = job["spec"]["template"]["spec"].get("volumes") or []
    return {(each.get("persistentVolumeClaim") or {}).get("claimName", "") for each in volumes}


def _owner_uid(each: Manifest) -> str:
    return str((controller_of(each) or {}).get("uid", ""))


def _waits_for(each: Manifest, objects: Mapping[Ref, Manifest]) -> bool:
    """Say whether something that it is made of is not Ready either."""
    spec = each["spec"]
    wanted = {spec.get("modelName"), (spec.get("source") or {}).get("modelName")}
    wanted |= {(spec.get("training") or {}).get("datasetName")}
    return any(
        key.name in wanted and _condition(other, "Ready").get("status") != "True"
        for key, other in objects.items()
        if key.api_version == API_VERSION
    )
