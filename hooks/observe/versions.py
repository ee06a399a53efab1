"""Which of two calls saw more: a call may see objects as they were a moment ago.

Metacontroller's caches lag, each for itself. A Job says which versions of its object and of what
that is made of decided its run, so that no call that sees an older one takes the Job away.
https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
"""

from collections.abc import Mapping

import orjson

from hooks import names
from hooks.manifest import Manifest
from hooks.observe.request import Observed

Versions = Mapping[str, str]
"""Resource versions by `Kind/name`."""


def versions(observed: Observed, *related: Manifest | None) -> Versions:
    """Return the versions of the parent and of related objects, as this call sees them."""
    seen = {}
    for manifest in (observed.parent, *related):
        version = manifest["metadata"].get("resourceVersion") if manifest else None
        if manifest and version:
            seen[f"{manifest['kind']}/{manifest['metadata']['name']}"] = version
    return seen


def supersedes(seen: Versions, job: Manifest) -> bool:
    """Return whether these versions are newer than those that decided a Job's run.

    One of them is, and none is older. What a Job that does not say what decided it was made for is
    not known, so nothing supersedes it.
    """
    text = (job["metadata"].get("annotations") or {}).get(names.SEEN)
    try:
        decided = orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        decided = None
    if not isinstance(decided, dict):
        return False
    both = [(seen[key], decided[key]) for key in decided.keys() & seen.keys()]
    return any(_is_later(now, then) for now, then in both) and not any(
        _is_later(then, now) for now, then in both
    )


def _is_later(one: object, other: object) -> bool:
    texts = str(one), str(other)
    return all(text.isdecimal() for text in texts) and int(texts[0]) > int(texts[1])
