"""Patches of objects: JSON merge patches (RFC 7386), as `kubectl patch --type=merge` sends them."""

from metacontroller_offline.objects import Json, as_stored


def without_nulls(value: Json) -> Json:
    """Return a value without the keys of objects that are null, at any depth."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


def merge_patched(value: Json, patch: Json) -> Json:
    """Return a value with a patch: objects are merged, null removes a key, the rest replaces."""
    if not isinstance(patch, dict):
        return without_nulls(as_stored(patch))
    merged = dict(value) if isinstance(value, dict) else {}
    for key, each in patch.items():
        if each is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patched(merged.get(key), each)
    return merged
