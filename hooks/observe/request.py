"""What a hook is given: the object, its children and its related objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hooks.manifest import POD, Manifest, Objects


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

    def pods(self, owner: Manifest) -> list[Manifest]:
        """Return the related Pods of a Job or StatefulSet, by name."""
        uid = owner["metadata"].get("uid")
        return [pod for pod in self.relations(POD) if _refers_to(pod, uid)]

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


def _refers_to(manifest: Manifest, uid: object) -> bool:
    references = manifest["metadata"].get("ownerReferences") or []
    return any(reference.get("uid") == uid for reference in references)


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


def timestamp(text: object) -> datetime | None:
    """Return a Kubernetes timestamp, or None where it is not one."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
