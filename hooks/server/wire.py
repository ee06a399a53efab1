"""Metacontroller's hook format, version v2, strict in both directions.

A request that leaves out a kind of child looks like one whose children are gone, so nothing is
guessed: whatever is not exactly as Metacontroller sends it is refused, and touches nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from hooks.manifest import Manifest, Objects


class MalformedRequestError(ValueError):
    """A request that Metacontroller would not send; the message says what is wrong and where."""


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
    try:
        # jiter, Pydantic's parser: half of what a call costs is reading its body.
        request = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedRequestError(f"The body is not JSON: {error}.") from error
    if not isinstance(request, dict):
        raise MalformedRequestError("The body must be a JSON object, as Metacontroller sends it.")
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


def _objects(value: object, at: str, required: Collection[str], namespace: str) -> Objects:
    groups = _kinds(value, at, required)
    for kind_key, group in groups.items():
        kind, _, api_version = kind_key.partition(".")
        for key, entry in group.items():
            where = f"{at}[{kind_key!r}][{key!r}]"
            found = _object(entry, where)
            _identified(found, (kind, api_version), where)
            if key != f"{namespace}/{found['metadata']['name']}":
                raise MalformedRequestError(
                    f"{where} must stand under '<parent's namespace>/<its own name>'."
                )
            if found["metadata"].get("namespace") != namespace:
                raise MalformedRequestError(f"{where} must be in the namespace of the parent.")
    return groups


def _owned(children: Objects, parent: Manifest) -> None:
    """Refuse children of another parent: this one's would look as if they were gone.

    One that Metacontroller has just adopted may have no owner yet.
    """
    for kind_key, group in children.items():
        for key, child in group.items():
            for reference in child["metadata"].get("ownerReferences") or []:
                owner = (reference.get("name"), reference.get("uid"))
                if reference.get("controller") and owner != (parent["name"], parent["uid"]):
                    raise MalformedRequestError(
                        f"children[{kind_key!r}][{key!r}] belongs to {owner[0]!r}, "
                        "which is not the parent."
                    )


def _kinds(value: object, at: str, required: Collection[str]) -> Objects:
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        raise MalformedRequestError(f"{at} must be a map of kinds, each a map of objects.")
    missing = set(required) - value.keys()
    if missing:
        raise MalformedRequestError(
            f"{at} must hold each declared kind, if only as an empty map; {_listed(missing)} "
            "is missing. Do the controllers come from the same version as the hooks?"
        )
    return value


def _object(value: object, at: str) -> Manifest:
    if not isinstance(value, dict) or not isinstance(value.get("metadata"), dict):
        raise MalformedRequestError(f"{at} must be a Kubernetes object with metadata.")
    metadata = value["metadata"]
    if not isinstance(metadata.get("name"), str) or not metadata["name"]:
        raise MalformedRequestError(f"{at}.metadata.name must be a string that is not empty.")
    owners = metadata.get("ownerReferences") or []
    if not isinstance(owners, list) or not all(isinstance(each, dict) for each in owners):
        raise MalformedRequestError(f"{at}.metadata.ownerReferences must be a list of objects.")
    for key in ("labels", "annotations"):
        entries = metadata.get(key) or {}
        if not isinstance(entries, dict) or not all(isinstance(v, str) for v in entries.values()):
            raise MalformedRequestError(f"{at}.metadata.{key} must be a map of strings.")
    _checked_status(value, at)
    return value


def _checked_status(found: Manifest, at: str) -> None:
    """Refuse what no API server stores, where the hooks look: spec, status and conditions."""
    for key in ("spec", "status"):
        if not isinstance(found.get(key), dict | None):
            raise MalformedRequestError(f"{at}.{key} must be an object.")
    status = found.get("status") or {}
    conditions = status.get("conditions") or []
    if not isinstance(conditions, list) or not all(
        isinstance(each, dict) and isinstance(each.get("type"), str) for each in conditions
    ):
        raise MalformedRequestError(f"{at}.status.conditions must be a list of conditions.")
    generations = (status.get("observedGeneration"), found["metadata"].get("generation"))
    if not all(isinstance(each, int | None) for each in generations):
        raise MalformedRequestError(f"{at} must have integers for its generations.")


def _identified(found: Manifest, identity: tuple[str, str], at: str) -> None:
    if (found.get("kind"), found.get("apiVersion")) != identity:
        raise MalformedRequestError(
            f"{at} must be a {identity[0]} of {identity[1]}, "
            f"not {found.get('kind')!r} of {found.get('apiVersion')!r}."
        )


def _listed(values: Iterable[str]) -> str:
    return ", ".join(repr(each) for each in sorted(values))
