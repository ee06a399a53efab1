"""What an answer may leave out, said once more and in other words than the hooks say it.

Left out is deleted. A claim holds data and an active Job computes some, so each stays but for a
reason that the call itself shows.
"""

import json
from collections.abc import Iterator
from datetime import datetime

ALWAYS = ("StatefulSet.apps/v1", "Service.v1")
"""Kinds of children that stay for as long as their parent is there."""
CLAIM = "PersistentVolumeClaim.v1"
JOB = "Job.batch/v1"
SHORT = 10
"""Digits of a run's id in a name."""


def lost(call: dict, answer: dict) -> list[str]:
    """Return the children in a call that its answer leaves out and should not."""
    kept = {
        (f"{each['kind']}.{each['apiVersion']}", each["metadata"]["name"])
        for each in answer["children"]
    }
    return [
        f"{kind} {child['metadata']['name']}"
        for kind, child in _living(call)
        if (kind, child["metadata"]["name"]) not in kept
        and not (kind == CLAIM and _is_replaced(child, call, answer))
        and not (kind == JOB and (_is_over(child) or _is_superseded(child, call)))
    ]


def _living(call: dict) -> Iterator[tuple[str, dict]]:
    for kind in (*ALWAYS, CLAIM, JOB):
        for child in call["children"].get(kind, {}).values():
            if not child["metadata"].get("deletionTimestamp"):
                yield kind, child


def _is_over(job: dict) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or []
    return any(
        each.get("type") in {"Complete", "Failed"} and each.get("status") == "True"
        for each in conditions
    )


def _is_superseded(job: dict, call: dict) -> bool:
    """Return whether the call sees something newer than what decided a Job, and nothing older."""
    try:
        decided = json.loads((job["metadata"].get("annotations") or {})["substratus.ai/seen"])
        now = [
            (int(each["metadata"]["resourceVersion"]), int(then))
            for each in _upstream(call)
            for key, then in decided.items()
            if key == f"{each['kind']}/{each['metadata']['name']}"
        ]
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return any(seen > then for seen, then in now) and all(seen >= then for seen, then in now)


def _upstream(call: dict) -> Iterator[dict]:
    yield call["parent"]
    for kind in ("Model.substratus.ai/v1", "Dataset.substratus.ai/v1"):
        yield from call["related"].get(kind, {}).values()


def _is_replaced(claim: dict, call: dict, answer: dict) -> bool:
    """Return whether a claim's result is older than a complete one, and nobody names or uses it."""
    if call["parent"]["kind"] != "Model":
        return False
    own = _short(claim["metadata"]["name"])
    if own in {*_named(call["parent"].get("status")), *_named(answer["status"]), *_used(call)}:
        return False
    complete = _of_url(answer["status"].get("url")) or _of_image(answer["status"])
    return any(
        _short(other["metadata"]["name"]) == complete and _made(other) > _made(claim)
        for kind, other in _living(call)
        if kind == CLAIM
    )


def _short(name: str) -> str:
    return name.rpartition("-")[2]


def _run(id_: str) -> str:
    return id_[:SHORT]


def _named(status: dict | None) -> Iterator[str]:
    given = status or {}
    yield _of_image(given)
    yield _of_url(given.get("url"))
    yield _of_url(given.get("trainedUrl"))


def _of_image(status: dict) -> str:
    image, _, _ = str(status.get("containerImage") or "").partition("@")
    return _run(image.rpartition(":")[2])


def _of_url(url: object) -> str:
    parts = str(url or "").split("/")
    return _run(parts[-3]) if len(parts) > 2 else ""


def _used(call: dict) -> Iterator[str]:
    pods = [
        each
        for each in call["related"].get("Pod.v1", {}).values()
        if (each.get("status") or {}).get("phase") not in {"Succeeded", "Failed"}
    ]
    own = [child for kind, child in _living(call) if kind == JOB]
    jobs = [each for each in [*own, *_related(call, JOB)] if not _is_over(each)]
    for each in [*pods, *jobs, *_related(call, "StatefulSet.apps/v1")]:
        for key, value in (each["metadata"].get("labels") or {}).items():
            if key == "substratus.ai/run" or key.startswith("uses.substratus.ai/"):
                yield _run(value)


def _related(call: dict, kind: str) -> list[dict]:
    return [*call["related"].get(kind, {}).values()]


def _made(found: dict) -> float:
    try:
        return datetime.fromisoformat(found["metadata"]["creationTimestamp"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return 0
