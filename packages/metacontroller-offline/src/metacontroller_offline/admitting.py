"""One object on its way into the store: read, filled in, checked."""

from metacontroller_offline import admission, defaults, typed
from metacontroller_offline.celrules import rule_violations
from metacontroller_offline.errors import BadRequestError, InvalidError
from metacontroller_offline.immutable import change_violations
from metacontroller_offline.kinds import Kind
from metacontroller_offline.objects import Json, Manifest, as_stored, ref
from metacontroller_offline.schema import prune, unknown_fields, violations
from metacontroller_offline.strategies import carried_over, generated
from metacontroller_offline.validation import type_violations


def expect_known_fields(kind: Kind, manifest: Manifest) -> None:
    """Refuse fields that a kind does not have, as `kubectl` asks the API server to.

    Raises:
        BadRequestError: there are such.
    """
    unknown = []
    if kind.schema is not None:
        unknown = unknown_fields(manifest, kind.schema)
    elif kind.struct:
        unknown = typed.read(manifest, kind.struct)[1]
    if unknown:
        fields = ", ".join(f'unknown field "{each}"' for each in unknown)
        raise BadRequestError(
            f'{kind.kind} "{ref(manifest).name}" cannot be handled as a {kind.kind}: strict '
            f"decoding error: {fields}"
        )


def admitted(kind: Kind, old: Manifest | None, manifest: Manifest) -> Manifest:
    """Return an object as it is stored: without unknown fields, with defaults.

    Args:
        kind: its kind.
        old: the object that it replaces; None for a new one.
        manifest: the object, with its uid.

    Raises:
        BadRequestError: a value of a built-in kind is of a wrong type.
    """
    if kind.schema is not None:
        stored = prune(manifest, kind.schema, root=True)
    elif kind.struct:
        read = typed.read(manifest, kind.struct)[0]
        stored = defaults.fill(generated(read) if old is None else carried_over(old, read))
    else:
        stored = as_stored(manifest)
    if kind.stored:
        stored["apiVersion"] = kind.stored
    metadata = stored["metadata"]
    for field in ("labels", "annotations", "finalizers", "ownerReferences"):
        if field in metadata and not metadata[field]:
            del metadata[field]
    return stored  # type: ignore[no-any-return]


def with_status(kind: Kind, old: Manifest, status: Json) -> Manifest:
    """Return a built-in kind's object with another status; all else is stored, and so is legal.

    Args:
        kind: its kind, which has a struct.
        old: the object as stored.
        status: the status as it was sent; None for none.

    Raises:
        BadRequestError: a value is of a wrong type.
    """
    identity = {key: old[key] for key in ("apiVersion", "kind", "metadata")}
    given = {**identity, "status": status} if status is not None else identity
    read = typed.read(given, kind.struct)[0]
    kept = {key: old[key] for key in old if key != "status"}
    new = {**kept, "metadata": dict(old["metadata"])}
    return defaults.fill({**new, "status": read["status"]} if "status" in read else new)


def expect_legal(kind: Kind, old: Manifest | None, new: Manifest, *, cel: bool) -> None:
    """Refuse an object that is not legal, or that changes what may not change.

    Args:
        kind: its kind.
        old: the object that it replaces; None for a new one.
        new: the object, as it is to be stored.
        cel: whether the CEL rules of CRDs are evaluated.

    Raises:
        InvalidError: with a sentence for each fault.
    """
    found = admission.object_violations(new)
    if kind.schema is not None:
        found += violations(new, kind.schema)
        if cel and not found:
            found += rule_violations(new, old, kind.schema)
    elif kind.struct:
        found += type_violations(new, kind.struct)
        if old is not None:
            found += change_violations(old, new)
    if found:
        raise InvalidError(f'{kind.kind} "{ref(new).name}" is invalid: {"; ".join(found)}')
