"""Metacontroller's hook format, version v2, strict in both directions.

A request that leaves out a kind of child looks like one whose children are gone, so nothing is
guessed: whatever is not exactly as Metacontroller sends it is refused, and touches nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hooks.manifest import Manifest, Objects
from hooks.server import envelope
from hooks.server.envelope import MalformedRequestError


@dataclass(frozen=True)
class SyncRequest:
    """The call of a composite sync hook."""

    parent: Manifest
    children: Objects
    related: Objects


@dataclass(frozen=True)
class Format:
    """What the requests of one hook look like.

    Attributes:
        parent: the parent's `kind` and `apiVersion`.
        children: the keys of the kinds that the controller declares as children.
        related: the keys of the kinds that the customize hook always asks for.
    """

    parent: tuple[str, str]
    children: frozenset[str]
    related: frozenset[str] = frozenset()


def decode_sync(body: bytes, format_: Format) -> SyncRequest:
    """Return the call of a sync hook.

    Raises:
        MalformedRequestError: the body is not such a call.
    """
    request = _members(
        body, required={"parent", "children", "related"}, optional={"controller", "finalizing"}
    )
    parent = _parent(request["parent"], format_.parent)
    namespace = parent["metadata"]["namespace"]
    children = _objects(request["children"], "children", format_.children, namespace)
    _owned(children, parent["metadata"])
    return SyncRequest(
        parent,
        children,
        _objects(request["related"], "related", format_.related, namespace),
    )


def decode_customize(body: bytes, format_: Format) -> Manifest:
    """Return the parent that a customize hook is called for.

    Raises:
        MalformedRequestError: the body is not such a call.
    """
    request = _members(body, required={"parent"}, optional={"controller"})
    return _parent(request["parent"], format_.parent)


def decode_decorate(body: bytes, format_: Format) -> Manifest:
    """Return the object that a decorator's sync hook is called for.

    Raises:
        MalformedRequestError: the body is not such a call.
    """
    request = _members(
        body,
        required={"object", "attachments"},
        optional={"controller", "related", "finalizing"},
    )
    found = _object(request["object"], "object")
    _identified(found, format_.parent, "object")
    _kinds(request["attachments"], "attachments", format_.children)
    return found


def encode_sync(
    status: Manifest, children: Iterable[Manifest], *, resync_after: int
) -> dict[str, Any]:
    """Return the answer of a composite sync hook."""
    return {
        "status": status,
        "children": list(children),
        **({"resyncAfterSeconds": resync_after} if resync_after else {}),
    }


def encode_customize(rules: Iterable[Manifest]) -> dict[str, Any]:
    """Return the answer of a customize hook."""
    return {"relatedResources": list(rules)}


def encode_decorate(attachments: Iterable[Manifest]) -> dict[str, Any]:
    """Return the answer of a decorator's sync hook."""
    return {"attachments": list(attachments)}


def _members(body: bytes, *, required: set[str], optional: set[str]) -> Manifest:
    request = envelope.decode(body)
    missing, unknown = required - request.keys(), request.keys() - required - optional
    if missing:
        raise MalformedRequestError(f"The body has no member {_listed(missing)}.")
    if unknown:
        raise MalformedRequestError(f"The body has an unknown member {_listed(unknown)}.")
    return request


def _parent(value: object, identity: tuple[str, str]) -> Manifest:
    parent = _object(value, "parent")
    _identified(parent, identity, "parent")
    metadata = parent["metadata"]
    for key in ("namespace", "uid"):
        if not isinstance(metadata.get(key), str) or not metadata[key]:
            raise MalformedRequestError(
                f"parent.metadata.{key} must be a string that is not empty."
            )
    if not isinstance(metadata.get("generation"), int):
        raise MalformedRequestError("parent.metadata.generation must be an integer.")
    if not isinstance(parent.get("status", {}), dict):
        raise MalformedRequestError("parent.status must be an object.")
    return parent


def _objects(value: object, member: str, required: Collection[str], namespace: str) -> Objects:
    groups = _kinds(value, member, required)
    for kind_key, group in groups.items():
        kind, _, api_version = kind_key.partition(".")
        for key, entry in group.items():
            at = (member, kind_key, key)
            metadata = _object(entry, *at)["metadata"]
            _identified(entry, (kind, api_version), *at)
            if key != f"{namespace}/{metadata['name']}":
                raise MalformedRequestError(
                    f"{_place(at)} must be under '<parent's namespace>/<its own name>'."
                )
            if metadata.get("namespace") != namespace:
                raise MalformedRequestError(f"{_place(at)} must be in the namespace of the parent.")
    return groups


def _owned(children: Objects, parent: Manifest) -> None:
    """Refuse children of another parent: this one's would look as if they were gone.

    One that Metacontroller has just adopted may have no owner yet.
    """
    for kind_key, group in children.items():
        for key, child in group.items():
            for reference in child["metadata"].get("ownerReferences") or ():
                owner = (reference.get("name"), reference.get("uid"))
                if reference.get("controller") and owner != (parent["name"], parent["uid"]):
                    raise MalformedRequestError(
                        f"{_place(('children', kind_key, key))} belongs to {owner[0]!r}, "
                        "which is not the parent."
                    )


def _kinds(value: object, member: str, required: Collection[str]) -> Objects:
    if not isinstance(value, dict) or not _all_of(dict, value.values()):
        raise MalformedRequestError(f"{member} must be a map of kinds, each a map of objects.")
    missing = set(required) - value.keys()
    if missing:
        raise MalformedRequestError(
            f"{member} must hold each declared kind, if only as an empty map; {_listed(missing)} "
            "is missing. Do the controllers come from the same version as the hooks?"
        )
    return value


def _object(value: object, *at: str) -> Manifest:
    if not isinstance(value, dict) or not isinstance(value.get("metadata"), dict):
        raise MalformedRequestError(f"{_place(at)} must be a Kubernetes object with metadata.")
    metadata = value["metadata"]
    name, owners = metadata.get("name"), metadata.get("ownerReferences")
    if not isinstance(name, str) or not name:
        raise MalformedRequestError(
            f"{_place(at)}.metadata.name must be a string that is not empty."
        )
    if owners and not (isinstance(owners, list) and _all_of(dict, owners)):
        raise MalformedRequestError(
            f"{_place(at)}.metadata.ownerReferences must be a list of objects."
        )
    for key in ("labels", "annotations"):
        entries = metadata.get(key)
        if entries and not (isinstance(entries, dict) and _all_of(str, entries.values())):
            raise MalformedRequestError(f"{_place(at)}.metadata.{key} must be a map of strings.")
    _checked_status(value, at)
    return value


def _checked_status(manifest: Manifest, at: Sequence[str]) -> None:
    """Refuse what no API server stores, where the hooks look: spec, status and conditions."""
    spec, status = manifest.get("spec"), manifest.get("status")
    if not isinstance(spec, dict | None) or not isinstance(status, dict | None):
        key = "status" if isinstance(spec, dict | None) else "spec"
        raise MalformedRequestError(f"{_place(at)}.{key} must be an object.")
    if not isinstance(manifest["metadata"].get("generation"), int | None):
        raise MalformedRequestError(f"{_place(at)} must have integers for its generations.")
    if not status:
        return
    conditions = status.get("conditions")
    if conditions and not (isinstance(conditions, list) and _are_conditions(conditions)):
        raise MalformedRequestError(f"{_place(at)}.status.conditions must be a list of conditions.")
    if not isinstance(status.get("observedGeneration"), int | None):
        raise MalformedRequestError(f"{_place(at)} must have integers for its generations.")


def _are_conditions(values: Iterable[object]) -> bool:
    return all(isinstance(each, dict) and isinstance(each.get("type"), str) for each in values)


def _all_of(type_: type, values: Iterable[object]) -> bool:
    """Return whether all values are of a type; every object of every request comes by here."""
    for value in values:  # noqa: SIM110 - a generator takes twice as long
        if not isinstance(value, type_):
            return False
    return True


def _identified(manifest: Manifest, identity: tuple[str, str], *at: str) -> None:
    if (manifest.get("kind"), manifest.get("apiVersion")) != identity:
        raise MalformedRequestError(
            f"{_place(at)} must be a {identity[0]} of {identity[1]}, "
            f"not {manifest.get('kind')!r} of {manifest.get('apiVersion')!r}."
        )


def _place(at: Sequence[str]) -> str:
    """Return where an object is in a request: its member, and its keys in that."""
    return at[0] + "".join(f"[{key!r}]" for key in at[1:])


def _listed(values: Iterable[str]) -> str:
    return ", ".join(repr(each) for each in sorted(values))
