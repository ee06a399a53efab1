"""Patches of objects: JSON merge patches (RFC 7386), as `kubectl patch --type=merge` sends them."""

from metacontroller_offline.objects import Json, as_stored


def merge_patched(value: Json, patch: Json) -> Json:
    """Return a value with a patch: objects are merged, null removes a key, the rest replaces."""
    if not isinstance(patch, dict):
        return as_stored(patch)
    merged = dict(value) if isinstance(value, dict) else {}
    for key, each in patch.items():
        if each is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patched(merged.get(key), each)
    return merged
