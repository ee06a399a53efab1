"""One object on its way into the store: read, filled in, checked."""

from metacontroller_offline import admission, defaults, typed
from metacontroller_offline.errors import BadRequestError, InvalidError
from metacontroller_offline.kinds import Kind
from metacontroller_offline.objects import Manifest, as_stored, ref
from metacontroller_offline.schema import prune, unknown_fields, violations


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


def admitted(kind: Kind, manifest: Manifest) -> Manifest:
    """Return an object as it is stored: without unknown fields, with defaults.

    Raises:
        BadRequestError: a value of a built-in kind is of a wrong type.
    """
    if kind.schema is not None:
        stored = prune(manifest, kind.schema, root=True)
    elif kind.struct:
        stored = defaults.fill(typed.read(manifest, kind.struct)[0])
    else:
        stored = as_stored(manifest)
    if kind.stored:
        stored["apiVersion"] = kind.stored
    metadata = stored["metadata"]
    for field in ("labels", "annotations", "finalizers", "ownerReferences"):
        if field in metadata and not metadata[field]:
            del metadata[field]
    return stored  # type: ignore[no-any-return]


def expect_legal(kind: Kind, old: Manifest | None, new: Manifest) -> None:
    """Refuse an object that is not legal, or that changes what may not change.

    Raises:
        InvalidError: with a sentence for each fault.
    """
    found = admission.object_violations(new)
    if kind.schema is not None:
        found += violations(new, kind.schema)
    elif old is not None:
        found += admission.change_violations(old, new)
    if found:
        raise InvalidError(f'{kind.kind} "{ref(new).name}" is invalid: {"; ".join(found)}')
