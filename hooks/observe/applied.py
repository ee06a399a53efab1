"""What the hook last returned for a child, as Metacontroller recorded it in its annotation."""

import orjson

from hooks.manifest import Manifest

LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"
_CONTROLLER_UID = "controller-uid"


def applied(child: Manifest) -> Manifest | None:
    """Return what the hook last returned for a child, as Metacontroller recorded it.

    None where there is no such record of this very object: it was adopted, or edited by hand.
    """
    text = (child["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    try:
        record = orjson.loads(text) if isinstance(text, str) else None
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) and _identity(record) == _identity(child) else None


def echo(child: Manifest) -> Manifest:
    """Return the desired state that leaves a child exactly as it is.

    That is the record of what was applied. The observed object itself would be written back for
    ever. Where the record is lost, its bare identity changes nothing and keeps it alive.
    """
    identity = dict(zip(("apiVersion", "kind"), (child["apiVersion"], child["kind"]), strict=True))
    metadata = {key: child["metadata"][key] for key in ("name", "namespace")}
    return applied(child) or {**identity, "metadata": metadata}


def is_applied(desired: Manifest, child: Manifest) -> bool:
    """Return whether the API server took `desired`: the child's record says the same."""
    record = applied(child)
    return record is not None and _without_uid(record) == _without_uid(desired)


def _identity(manifest: Manifest) -> tuple[object, ...]:
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return (
        manifest.get("apiVersion"),
        manifest.get("kind"),
        metadata.get("namespace"),
        metadata.get("name"),
    )


def _without_uid(manifest: Manifest) -> Manifest:
    metadata = manifest["metadata"]
    labels = metadata.get("labels") or {}
    kept = {key: value for key, value in labels.items() if key != _CONTROLLER_UID}
    return {**manifest, "metadata": {**metadata, "labels": kept}}
