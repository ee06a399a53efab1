"""Walking an object of a built-in kind by its types, and checking each struct on the way."""

from collections.abc import Iterator

from metacontroller_offline.builtin import struct
from metacontroller_offline.crossrules import CROSS
from metacontroller_offline.objects import Json, Manifest
from metacontroller_offline.rules import FIELDS


def type_violations(manifest: Manifest, name: str) -> list[str]:
    """Return what is wrong with an object, a sentence each.

    Args:
        manifest: the object, as `typed.read` returns it, with its defaults.
        name: its struct.
    """
    return list(_struct(manifest, name, ""))


def _struct(value: Json, name: str, path: str) -> Iterator[str]:
    if not isinstance(value, dict) or name == "meta/v1.ObjectMeta":
        return
    prefix = f"{path}." if path else ""
    for key, checks in FIELDS.get(name, {}).items():
        sentence = next(filter(None, (check(value.get(key)) for check in checks)), "")
        if sentence:
            yield f"{prefix}{key}: {sentence}"
    for rule in CROSS.get(name, ()):
        yield from (f"{prefix}{each}" for each in rule(value))
    fields = struct(name)
    for key, each in value.items():
        field = fields.get(key)
        if field is None or "." not in field.of or key == "status":
            continue
        here = f"{prefix}{key}"
        if field.shape == "list":
            for index, item in enumerate(each or []):
                yield from _struct(item, field.of, f"{here}[{index}]")
        elif not field.shape:
            yield from _struct(each, field.of, here)
