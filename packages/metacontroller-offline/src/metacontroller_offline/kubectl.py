"""What `kubectl apply` makes of an object that exists: a merge of what was and what is applied.

For custom resources lists are replaced as a whole; for built-in kinds their items are found by the
merge keys of Kubernetes' types, and unions such as a Deployment's strategy keep no other keys.
"""

from metacontroller_offline.builtin import Field, struct
from metacontroller_offline.objects import Json, Manifest


def applied(current: Manifest, original: Manifest, modified: Manifest, name: str) -> Manifest:
    """Return an object after `kubectl apply`.

    Args:
        current: the object as it is.
        original: what the last apply gave; empty if there was none.
        modified: what this one gives.
        name: the struct of a built-in kind; empty for a custom resource.
    """
    return _objects(current, original, modified, name)


def _objects(current: Manifest, original: Manifest, modified: Manifest, name: str) -> Manifest:
    fields = struct(name) if name else {}
    merged = {
        key: each
        for key, each in current.items()
        if key not in original or modified.get(key) is not None
    }
    for key, each in modified.items():
        if each is None:
            merged.pop(key, None)
        else:
            merged[key] = _value(current.get(key), original.get(key), each, fields.get(key))
    return merged


def _value(current: Json, original: Json, modified: Json, field: Field | None) -> Json:
    of = field.of if field and "." in field.of else ""
    if isinstance(modified, dict):
        if field and field.retain_keys:
            current = _only(current, modified)
        inner = of if field and not field.shape else ""
        return _objects(_an_object(current), _an_object(original), modified, inner)
    if isinstance(modified, list) and isinstance(current, list) and field and field.merge_key:
        before = original if isinstance(original, list) else []
        if field.merge_key == "*":
            return _sets(current, before, modified)
        return _keyed(current, before, modified, field)
    return modified


def _an_object(value: Json) -> Manifest:
    return value if isinstance(value, dict) else {}


def _only(current: Json, modified: Manifest) -> Manifest:
    return {key: each for key, each in _an_object(current).items() if key in modified}


def _sets(current: list[Json], original: list[Json], modified: list[Json]) -> list[Json]:
    gone = [each for each in original if each not in modified]
    kept = [each for each in current if each not in gone]
    return [*kept, *(each for each in modified if each not in kept)]


def _keyed(
    current: list[Json], original: list[Json], modified: list[Json], field: Field
) -> list[Json]:
    key = field.merge_key
    try:
        now, before, wanted = ({each[key]: each for each in items}
                               for items in (current, original, modified))  # fmt: skip
    except (KeyError, TypeError):
        return modified
    if len(wanted) < len(modified) or len(now) < len(current):
        # Items of one key cannot be distinguished; the list is given as it is.
        return modified
    items = []
    for name, each in wanted.items():
        there = _only(now.get(name), each) if field.retain_keys else _an_object(now.get(name))
        inner = field.of if "." in field.of else ""
        items.append(_objects(there, _an_object(before.get(name)), each, inner))
    others = [each for name, each in now.items() if name not in wanted and name not in before]
    # The order is that of what is given; what only the server has comes after it.
    return [*items, *others]
