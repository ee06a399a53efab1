"""The three-way merge with which Metacontroller updates children ("dynamic apply")."""

import json

from metacontroller_offline.errors import HookError
from metacontroller_offline.objects import Json, Manifest, annotations, dumps, without

LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"
"""The annotation that holds what a hook last returned for a child."""

MERGE_KEYS = ("containerPort", "port", "mountPath", "name", "uid", "ip", "path")
"""What identifies an item of a list: the first that every item of all three lists has."""

_SYSTEM_METADATA = (
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
)


def merge(observed: Json, last_applied: Json, desired: Json) -> Json:
    """Return `observed` with what has changed from `last_applied` to `desired`.

    Where an object or a list is observed, any other value counts as none, as in Metacontroller,
    whose check for it is never true: a string in the place of an object removes what was applied
    of the object, and no error says so.
    """
    if isinstance(observed, dict):
        return _merge_objects(observed, _like(dict, last_applied), _like(dict, desired))
    if isinstance(observed, list):
        wanted = desired if isinstance(desired, list) else None
        return _merge_lists(observed, _like(list, last_applied), wanted)
    return desired


def _like(kind: type, value: Json) -> Json:
    return value if isinstance(value, kind) else kind()


def _merge_objects(observed: Manifest, last_applied: Manifest, desired: Manifest) -> Manifest:
    kept = {
        key: value for key, value in observed.items() if key in desired or key not in last_applied
    }
    for key, value in desired.items():
        kept[key] = merge(kept.get(key), last_applied.get(key), value)
    return kept


def _merge_lists(
    observed: list[Json], last_applied: list[Json], desired: list[Json] | None
) -> list[Json] | None:
    key = merge_key([*observed, *last_applied, *(desired or [])])
    if key is None:
        return desired
    desired = desired or []
    by_key = [
        {str(item[key]): item for item in items} for items in (observed, last_applied, desired)
    ]
    merged = _merge_objects(*by_key)
    # An observed key that is there twice stays twice, with one value.
    kept = [str(item[key]) for item in observed if str(item[key]) in merged]
    new = dict.fromkeys(str(item[key]) for item in desired)
    return [merged[each] for each in [*kept, *(each for each in new if each not in kept)]]


def merge_key(items: list[Json]) -> str | None:
    """Return the key by which the items of a list are merged; None if the list is replaced."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    return next((key for key in MERGE_KEYS if all(key in item for item in items)), None)


def last_applied(manifest: Manifest) -> Manifest | None:
    """Return what was last applied to an object; None if nothing is recorded.

    Raises:
        HookError: the annotation is not JSON.
    """
    text = annotations(manifest).get(LAST_APPLIED)
    if not text:
        return None
    try:
        applied: Manifest = json.loads(text)
    except ValueError as error:
        raise HookError(f"can't unmarshal {LAST_APPLIED!r} annotation: {error}") from error
    return applied


def with_last_applied(manifest: Manifest, applied: Manifest) -> Manifest:
    """Return an object with the record of what was applied to it."""
    noted = {**_strings(annotations(manifest)), LAST_APPLIED: dumps(applied)}
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": noted}}


def _strings(noted: Manifest) -> Manifest:
    """Return annotations as Go reads them: none at all if one of them is not a string."""
    return noted if all(isinstance(each, str) for each in noted.values()) else {}


def updated(observed: Manifest, desired: Manifest) -> Manifest:
    """Return an observed child as it should be; equal to it if nothing needs to change.

    Metadata that the API server owns, and the status, stay as observed.
    """
    desired = _without_last_applied(desired)
    merged = merge(observed, last_applied(observed), desired)
    metadata = {
        **without(merged["metadata"], *_SYSTEM_METADATA),
        **{
            key: observed["metadata"][key]
            for key in _SYSTEM_METADATA
            if key in observed["metadata"]
        },
    }
    merged = {**without(merged, "status"), "metadata": metadata}
    if "status" in observed:
        merged["status"] = observed["status"]
    return with_last_applied(merged, desired)


def _without_last_applied(desired: Manifest) -> Manifest:
    noted = annotations(desired)
    if LAST_APPLIED not in noted:
        return desired
    metadata = {**desired["metadata"], "annotations": without(noted, LAST_APPLIED)}
    return {**desired, "metadata": metadata}
