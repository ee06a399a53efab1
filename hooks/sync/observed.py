"""What a hook is told: the parent, its children and its related objects, in Kubernetes' JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Manifest = dict[str, Any]
Objects = Mapping[str, Mapping[str, Manifest]]
"""Objects by `Kind.group/version`, then by `namespace/name`, as Metacontroller sends them."""

CONFIG_MAP = "ConfigMap.v1"
JOB = "Job.batch/v1"
POD = "Pod.v1"
CLAIM = "PersistentVolumeClaim.v1"
SERVICE = "Service.v1"
MODEL = "Model.substratus.ai/v1"
DATASET = "Dataset.substratus.ai/v1"
SERVICE_ACCOUNT = "ServiceAccount.v1"
STATEFUL_SET = "StatefulSet.apps/v1"

LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"
_CONTROLLER_UID = "controller-uid"


@dataclass(frozen=True)
class Observed:
    """One call of a sync hook, and its time."""

    parent: Manifest
    children: Objects
    related: Objects
    now: datetime

    @property
    def namespace(self) -> str:
        """The parent's namespace, which is that of all its children."""
        return str(self.parent["metadata"]["namespace"])

    @property
    def uid(self) -> str:
        """The parent's uid."""
        return str(self.parent["metadata"]["uid"])

    def child(self, kind: str, name: str) -> Manifest | None:
        """Return the child of this name that is not being deleted."""
        found = self.children.get(kind, {}).get(f"{self.namespace}/{name}")
        return found if found is not None and not is_deleting(found) else None

    def living(self, kind: str) -> list[Manifest]:
        """Return the children of a kind that are not being deleted, by name."""
        found = self.children.get(kind, {})
        return [found[key] for key in sorted(found) if not is_deleting(found[key])]

    def every_child(self) -> Iterator[Manifest]:
        """Yield all children that are not being deleted, by kind and name."""
        for kind in sorted(self.children):
            yield from self.living(kind)

    def relation(self, kind: str, name: str) -> Manifest | None:
        """Return the related object of this name in the parent's namespace."""
        return self.related.get(kind, {}).get(f"{self.namespace}/{name}")

    def relations(self, kind: str) -> list[Manifest]:
        """Return the related objects of a kind, by name."""
        found = self.related.get(kind, {})
        return [found[key] for key in sorted(found)]

    def holder(self, kind: str, name: str) -> Manifest | None:
        """Return the object that holds a child's name and does not belong to the parent."""
        found = self.relation(kind, name)
        return found if found is not None and not is_owned(found, self.uid) else None


def is_owned(manifest: Manifest, uid: str) -> bool:
    """Return whether the controller of an object is the one with this uid."""
    return any(
        reference.get("controller") and reference.get("uid") == uid
        for reference in manifest["metadata"].get("ownerReferences") or []
    )


def is_deleting(manifest: Manifest) -> bool:
    """Return whether an object is on its way out."""
    return bool(manifest["metadata"].get("deletionTimestamp"))


def labels(manifest: Manifest) -> Mapping[str, str]:
    """Return an object's labels."""
    return manifest["metadata"].get("labels") or {}


def condition(manifest: Manifest, type_: str) -> Manifest:
    """Return the condition of this type, or an empty map."""
    conditions = (manifest.get("status") or {}).get("conditions") or []
    return next((each for each in conditions if each.get("type") == type_), {})


def is_ready(manifest: Manifest) -> bool:
    """Return whether a Dataset or Model is ready in the generation that is asked for."""
    ready = condition(manifest, "Ready")
    seen = (manifest.get("status") or {}).get("observedGeneration") or 0
    return ready.get("status") == "True" and seen >= (manifest["metadata"].get("generation") or 0)


def applied(child: Manifest) -> Manifest | None:
    """Return what the hook last returned for a child, as Metacontroller recorded it.

    None where there is no such record of this very object: it was adopted, or edited by hand.
    """
    text = (child["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    try:
        record = json.loads(text) if isinstance(text, str) else None
    except ValueError:
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


def timestamp(text: object) -> datetime | None:
    """Return a Kubernetes timestamp, or None where it is not one."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


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
