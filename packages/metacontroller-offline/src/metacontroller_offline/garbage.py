"""The garbage collector and the namespace controller: what goes when something else goes."""

from typing import TYPE_CHECKING, Literal

from metacontroller_offline.index import Index
from metacontroller_offline.objects import (
    Manifest,
    Ref,
    finalizers,
    is_deleting,
    owner_references,
    ref,
)
from metacontroller_offline.saving import Saving

if TYPE_CHECKING:
    from metacontroller_offline.store import Cluster

Propagation = Literal["Background", "Foreground", "Orphan"]

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
_NAMESPACE = "kubernetes"
_WRITER = "garbage-collector"


class GarbageCollector(Saving):
    """Removes dependents: at once in the background, step by step in the foreground."""

    remembered = ("_pending",)

    def __init__(self, cluster: "Cluster", index: Index) -> None:
        self._cluster = cluster
        self._index = index
        self._pending: dict[Ref, None] = {}

    def finalizers_on_delete(self, manifest: Manifest, propagation: Propagation) -> list[str]:
        """Return the finalizers that hold an object once its deletion is asked for."""
        held = list(finalizers(manifest))
        wanted = {"Foreground": FOREGROUND, "Orphan": ORPHAN}.get(propagation)
        if wanted and wanted not in held:
            held.append(wanted)
        if manifest["kind"] == "Namespace" and _NAMESPACE not in held:
            held.append(_NAMESPACE)
        if {FOREGROUND, ORPHAN, _NAMESPACE} & set(held):
            self._pending[ref(manifest)] = None
        return held

    def adopt_or_collect(self, manifest: Manifest) -> None:
        """Remove a new object whose owners do not exist where it is."""
        references = owner_references(manifest)
        if references and not any(self._owner_exists(manifest, each) for each in references):
            self._cluster.delete(ref(manifest), by=_WRITER)

    def _owner_exists(self, manifest: Manifest, reference: Manifest) -> bool:
        kind = self._cluster.kinds.find(reference["apiVersion"], reference["kind"])
        if kind is None:
            # An owner that the collector cannot look up may exist.
            return True
        namespace = manifest["metadata"].get("namespace", "") if kind.namespaced else ""
        owner = self._index.get(Ref(kind.storage, kind.kind, namespace, reference["name"]))
        return owner is not None and owner["metadata"]["uid"] == reference["uid"]

    def collect_dependents(self, owner: Manifest) -> None:
        """Remove what only the owner, now gone, has owned."""
        uid = owner["metadata"]["uid"]
        for dependent in self._index.dependents(uid):
            remaining = [each for each in owner_references(dependent) if each["uid"] != uid]
            if any(self._index.has_uid(each["uid"]) for each in remaining):
                self._set_owners(dependent, remaining)
            elif not is_deleting(dependent):
                self._cluster.delete(ref(dependent), by=_WRITER)

    def _set_owners(self, dependent: Manifest, owners: list[Manifest]) -> None:
        metadata = {**dependent["metadata"], "ownerReferences": owners}
        self._cluster.update({**dependent, "metadata": metadata}, by=_WRITER)

    def has_pending(self) -> bool:
        """Say whether something is being deleted."""
        return bool(self._pending)

    def step(self) -> bool:
        """Continue with what is being deleted; say whether anything has changed."""
        changed = False
        for key in list(self._pending):
            manifest = self._index.get(key)
            if manifest is None or not is_deleting(manifest):
                del self._pending[key]
            else:
                changed = self._continue(manifest) or changed
        return changed

    def _continue(self, manifest: Manifest) -> bool:
        held = finalizers(manifest)
        if ORPHAN in held:
            uid = manifest["metadata"]["uid"]
            for dependent in self._index.dependents(uid):
                rest = [each for each in owner_references(dependent) if each["uid"] != uid]
                self._set_owners(dependent, rest)
            return self._release(manifest, ORPHAN)
        if FOREGROUND in held:
            return self._empty(
                manifest, self._index.dependents(manifest["metadata"]["uid"]), FOREGROUND
            )
        if _NAMESPACE in held:
            return self._empty(
                manifest, self._index.in_namespace(manifest["metadata"]["name"]), _NAMESPACE
            )
        return False

    def _empty(self, manifest: Manifest, contents: list[Manifest], finalizer: str) -> bool:
        if not contents:
            return self._release(manifest, finalizer)
        deleted = False
        propagation: Propagation = "Foreground" if finalizer == FOREGROUND else "Background"
        for each in contents:
            if not is_deleting(each) and self._index.get(ref(each)) is not None:
                self._cluster.delete(ref(each), propagation=propagation, by=_WRITER)
                deleted = True
        return deleted

    def _release(self, manifest: Manifest, finalizer: str) -> bool:
        left = [each for each in finalizers(manifest) if each != finalizer]
        metadata = {**manifest["metadata"], "finalizers": left}
        self._cluster.update({**manifest, "metadata": metadata}, by=_WRITER)
        return True
