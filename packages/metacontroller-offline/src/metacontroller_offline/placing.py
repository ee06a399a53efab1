"""Where an object is kept, and which of its metadata an update keeps."""

from metacontroller_offline.errors import BadRequestError, ConflictError
from metacontroller_offline.kinds import Kind, Kinds
from metacontroller_offline.objects import Manifest, Ref, finalizers, is_deleting, ref, without

SYSTEM_METADATA = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
)
"""What only the API server sets."""


def with_namespace(kinds: Kinds, manifest: Manifest) -> Manifest:
    """Return an object in the namespace `default` if it is in none and needs one."""
    kind = kinds.find(manifest.get("apiVersion", ""), manifest.get("kind", ""))
    metadata = manifest.get("metadata") or {}
    if kind is None or not kind.namespaced or metadata.get("namespace"):
        return manifest
    return {**manifest, "metadata": {**metadata, "namespace": "default"}}


def stored_key(kinds: Kinds, key: Ref) -> Ref:
    """Return under which apiVersion an object is kept."""
    key = Ref(*key)
    kind = kinds.find(key.api_version, key.kind)
    return key._replace(api_version=kind.stored) if kind and kind.stored else key


def placed(kinds: Kinds, manifest: Manifest) -> tuple[Ref, Kind]:
    """Return where an object is kept, and the kind of the version in which it is given.

    Raises:
        BadRequestError: the kind is unknown, or the name or the namespace is not right for it.
    """
    key = ref(manifest)
    kind = kinds.of(key.api_version, key.kind)
    if not key.name:
        raise BadRequestError(f"{key.kind}: metadata.name is required")
    if kind.namespaced and not key.namespace:
        raise BadRequestError(f"{key}: an empty namespace may not be set during creation")
    if not kind.namespaced and key.namespace:
        raise BadRequestError(f"{key}: {key.kind} is cluster-scoped and takes no namespace")
    return stored_key(kinds, key), kind


def expect_current(old: Manifest, manifest: Manifest) -> None:
    """Refuse a change of an object that is not as the writer has read it.

    Raises:
        ConflictError: the uid or the resourceVersion is another one.
    """
    given = manifest["metadata"]
    for field in ("uid", "resourceVersion"):
        if given.get(field) and given[field] != old["metadata"][field]:
            raise ConflictError(f"{ref(old)}: the object has been modified ({field})")


def kept_metadata(old: Manifest, manifest: Manifest) -> Manifest:
    """Return the metadata of an update, with what only the API server sets from the old object."""
    system = {key: old["metadata"][key] for key in SYSTEM_METADATA if key in old["metadata"]}
    given = without(manifest["metadata"], *SYSTEM_METADATA)
    if is_deleting(old):
        # A finalizer cannot be added to an object that is being deleted.
        given["finalizers"] = [
            each for each in given.get("finalizers") or [] if each in finalizers(old)
        ]
    return {**given, **system}
