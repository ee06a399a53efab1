"""What our loader says at its end: exit codes that have a meaning, and what it has loaded."""

from collections.abc import Mapping
from typing import Any

import orjson

from hooks import names
from hooks.manifest import POD, Manifest
from hooks.observe.request import Observed, labels
from hooks.step import Step

_TEXTS = {"revision": 255, "sha256": 64, "format": 32, "file": 1024}
"""The most characters of each."""
_MOST = 2**63


def is_ours(job: Manifest) -> bool:
    """Return whether a Job runs our loader, and no script of the user's."""
    return _container(job["spec"]["template"].get("spec") or {}).get("command") == [names.LOADER]


def ended(pod: Manifest | None) -> tuple[int, str] | None:
    """Return the exit code and the message of a Pod's loader; None where it has not ended."""
    statuses = ((pod or {}).get("status") or {}).get("containerStatuses") or []
    for each in statuses:
        state = (each.get("state") or {}).get("terminated")
        if each.get("name") == Step.LOAD.container and state:
            return int(state.get("exitCode") or 0), str(state.get("message") or "").strip()
    return None


def loaded(run: str, observed: Observed) -> dict[str, Any]:
    """Return what the loader says that it has loaded; empty where no Pod of the run is there.

    That is `bytes`, `file`, `format`, `revision` and `sha256`, each where it is known.
    """
    for pod in observed.relations(POD):
        if labels(pod).get(names.RUN) != run or labels(pod).get(names.STEP) != Step.LOAD:
            continue
        end = ended(pod)
        if (
            end
            and end[0] == 0
            and _container(pod.get("spec") or {}).get("command") == [names.LOADER]
        ):
            return _said(end[1])
    return {}


def _said(message: str) -> dict[str, Any]:
    try:
        found = orjson.loads(message)
    except orjson.JSONDecodeError:
        return {}
    return _known(found) if isinstance(found, dict) else {}


def _known(found: Mapping[str, Any]) -> dict[str, Any]:
    texts = {
        key: value
        for key, limit in _TEXTS.items()
        if isinstance(value := found.get(key), str) and 0 < len(value) <= limit
    }
    size = found.get("bytes")
    is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < _MOST
    return {**texts, **({"bytes": size} if is_size else {})}


def _container(pod: Manifest) -> Manifest:
    containers = pod.get("containers") or []
    return next((each for each in containers if each.get("name") == Step.LOAD.container), {})
