"""Which Pods a Job still needs, and how they look: one after the other, or one for each index."""

from hashlib import sha256

from metacontroller_offline.errors import UnsupportedError
from metacontroller_offline.objects import Manifest, controller_reference, ref

INDEX = "batch.kubernetes.io/job-completion-index"
_ENDED = ("Succeeded", "Failed")


def refuse_unsupported(job: Manifest) -> None:
    """Refuse a Job that asks for what is not simulated.

    Raises:
        UnsupportedError: with the field.
    """
    for field in ("successPolicy", "backoffLimitPerIndex", "maxFailedIndexes"):
        if job["spec"].get(field) is not None:
            raise UnsupportedError(f"{ref(job)}: {field} is not simulated.")


def phase(pod: Manifest) -> str:
    """Return a Pod's phase."""
    return str((pod.get("status") or {}).get("phase", "Pending"))


def is_indexed(job: Manifest) -> bool:
    """Say whether each of a Job's Pods has an index."""
    return bool(job["spec"]["completionMode"] == "Indexed")


def active(pods: list[Manifest]) -> list[Manifest]:
    """Return the Pods that have not ended."""
    return [each for each in pods if phase(each) not in _ENDED]


def succeeded(job: Manifest, pods: list[Manifest]) -> int:
    """Return how many of a Job's completions have been reached."""
    if is_indexed(job):
        return len(done_indexes(pods))
    return sum(phase(each) == "Succeeded" for each in pods)


def is_complete(job: Manifest, pods: list[Manifest]) -> bool:
    """Say whether a Job needs no more Pods."""
    wanted, count = job["spec"].get("completions"), succeeded(job, pods)
    if wanted is None:
        return count > 0 and not active(pods)
    return count >= int(wanted)


def done_indexes(pods: list[Manifest]) -> set[int]:
    """Return the indexes whose Pods have succeeded."""
    return {_index(each) for each in pods if phase(each) == "Succeeded"}


def _index(pod: Manifest) -> int:
    return int(pod["metadata"]["annotations"][INDEX])


def missing(job: Manifest, pods: list[Manifest]) -> list[int | None]:
    """Return the indexes of the Pods that are to be created now; None for one without an index."""
    spec, running = job["spec"], active(pods)
    wanted, count = spec.get("completions"), succeeded(job, pods)
    left = spec["parallelism"] if wanted is None and not count else (wanted or 0) - count
    room = min(spec["parallelism"], left) - len(running)
    if room <= 0:
        return []
    if not is_indexed(job):
        return [None] * room
    taken = done_indexes(pods) | {_index(each) for each in running}
    free: list[int | None] = [each for each in range(wanted or 0) if each not in taken]
    return free[:room]


def index_ranges(indexes: set[int]) -> str:
    """Return indexes as a Job's status has them: `0-2,5`."""
    parts: list[list[int]] = []
    for each in sorted(indexes):
        if parts and parts[-1][-1] == each - 1:
            parts[-1] = [parts[-1][0], each]
        else:
            parts.append([each])
    return ",".join("-".join(map(str, part)) for part in parts)


def pod_of_job(job: Manifest, number: int, index: int | None) -> Manifest:
    """Return the Pod that a Job creates as its `number`th."""
    metadata, template = job["metadata"], job["spec"]["template"]
    suffix = sha256(f"{metadata['uid']}/{number}".encode()).hexdigest()[:5]
    own = {**template["metadata"]}
    spec, name = template["spec"], metadata["name"][:57]
    if index is not None:
        name = f"{name[:53]}-{index}"
        own["labels"] = {**(own.get("labels") or {}), INDEX: str(index)}
        own["annotations"] = {**(own.get("annotations") or {}), INDEX: str(index)}
        spec = {**_with_index(spec), "hostname": name}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **own,
            "name": f"{name}-{suffix}",
            "namespace": metadata["namespace"],
            "ownerReferences": [controller_reference(job)],
        },
        "spec": spec,
    }


def _with_index(spec: Manifest) -> Manifest:
    source = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}}
    variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": source}
    filled = dict(spec)
    for group in ("containers", "initContainers"):
        if filled.get(group):
            filled[group] = [
                {**each, "env": [*(each.get("env") or []), variable]} for each in filled[group]
            ]
    return filled
