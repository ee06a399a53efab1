"""The pretended API server: a store of objects with versions, subresources, finalizers, watches."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from metacontroller_offline import celrules
from metacontroller_offline.admitting import (
    admitted,
    expect_known_fields,
    expect_legal,
    with_status,
)
from metacontroller_offline.clock import Clock
from metacontroller_offline.errors import (
    AlreadyExistsError,
    BadRequestError,
    ConflictError,
    NotFoundError,
)
from metacontroller_offline.garbage import GarbageCollector, Propagation
from metacontroller_offline.index import Index
from metacontroller_offline.kinds import Kinds
from metacontroller_offline.kubectl import applied
from metacontroller_offline.objects import (
    Manifest,
    Ref,
    as_stored,
    finalizers,
    is_deleting,
    ref,
    same,
    without,
)
from metacontroller_offline.patches import merge_patched, without_nulls
from metacontroller_offline.placing import (
    SYSTEM_METADATA,
    expect_current,
    kept_metadata,
    placed,
    stored_key,
    with_namespace,
)
from metacontroller_offline.reading import Reader, WatchEvent, as_version
from metacontroller_offline.saving import Saved, Saving
from metacontroller_offline.writes import Writes

_STANDING = ("apiVersion", "kind", "metadata", "status")


class Cluster(Reader, Saving):
    """Objects, as an API server keeps them.

    Args:
        clock: says what time it is.
        kinds: the kinds that it knows.
        cel: whether the CEL rules of CRDs are evaluated; None: if the extra `cel` is installed.
        first_version: the resourceVersion of the first object.

    Every method that writes takes `by`, the name of the writer, for `writes` and the timeline.
    What `read` and `list` return is the store's own: do not change it.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        kinds: Kinds | None = None,
        *,
        cel: bool | None = None,
        first_version: int = 1,
    ) -> None:
        self._cel = celrules.is_available() if cel is None else cel
        self.clock = clock or Clock()
        super().__init__(kinds or Kinds(), Index())
        self.writes = Writes()
        self._garbage = GarbageCollector(self, self._index)
        self._applied: dict[str, Manifest] = {}
        self._version = first_version - 1
        self._born: dict[Ref, int] = {}
        self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})

    def save(self) -> Saved:
        """Return all objects and what is remembered of them, but for the last resourceVersion.

        No two writes have one version, whichever moment they come after.
        """
        return (self._index.objects(), dict(self._applied), dict(self._born), self._garbage.save())

    def load(self, saved: Saved) -> None:
        """Hold what was saved; nobody is called back."""
        objects, applied, born, garbage = saved
        self._index.replace(objects)
        self._applied, self._born = dict(applied), dict(born)
        self._garbage.load(garbage)

    # Reading.

    def objects(self) -> dict[Ref, Manifest]:
        """Return all objects."""
        return self._index.objects()

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Manifest:
        """Return a copy of an object.

        Raises:
            NotFoundError: there is none such.
        """
        key = Ref(api_version, kind, namespace, name)
        found: Manifest = as_stored(self._existing(stored_key(self.kinds, key)))
        return as_version(found, api_version)

    def _existing(self, key: Ref) -> Manifest:
        found = self._index.get(key)
        if found is None:
            resource = self.kinds.of(key.api_version, key.kind).resource
            raise NotFoundError(f'{resource} "{key.inner_key}" not found')
        return found

    # Writing.

    def apply(self, manifest: Manifest, *, by: str = "user", validate: bool = True) -> Manifest:
        """Create an object or merge it into the one that exists, like `kubectl apply`.

        What an earlier `apply` gave and this one does not is removed, and so is what is null.
        `status` is ignored. An object without a namespace is in `default`.

        Args:
            manifest: the object.
            by: the writer.
            validate: whether a field that the kind does not have is refused, as `kubectl` asks by
                default; it is dropped otherwise.

        Raises:
            BadRequestError, NotFoundError, InvalidError: as the API server.
        """
        manifest = with_namespace(self.kinds, manifest)
        manifest = without_nulls(manifest)
        key, kind = placed(self.kinds, manifest)
        if validate:
            expect_known_fields(kind, manifest)
        old = self._index.get(key)
        if old is None:
            result = self.create(manifest, by=by)
        else:
            before = self._applied.get(old["metadata"]["uid"]) or {}
            merged = applied(old, before, without(manifest, "status"), kind.struct)
            result = self.update(merged, by=by)
        self._applied[result["metadata"]["uid"]] = as_stored(without(manifest, "status"))
        return result

    def patch(
        self, key: Ref, patch: Manifest, *, status: bool = False, by: str = "user"
    ) -> Manifest:
        """Change an object by a JSON merge patch, as `kubectl patch --type=merge` does.

        Args:
            key: its identity.
            patch: what changes; null removes a key, a list is replaced.
            status: whether the patch is of the status subresource.
            by: the writer.

        Raises:
            NotFoundError, InvalidError: as the API server.
        """
        patched = merge_patched(self.get(*key), patch)
        return (self.update_status if status else self.update)(patched, by=by)

    def create(self, manifest: Manifest, *, by: str = "user") -> Manifest:
        """Create an object, and return it as stored.

        Raises:
            BadRequestError, NotFoundError, AlreadyExistsError, InvalidError: as the API server.
        """
        key, kind = placed(self.kinds, manifest)
        if self._index.get(key) is not None:
            raise AlreadyExistsError(f'{kind.resource} "{key.name}" already exists')
        if key.namespace and self._namespace_is_closed(key.namespace):
            raise NotFoundError(f'namespaces "{key.namespace}" not found: apply a Namespace first')
        self._born[key] = self._born.get(key, 0) + 1
        given = manifest["metadata"]
        metadata = {
            **without(given, *SYSTEM_METADATA),
            "name": key.name,
            **({"namespace": key.namespace} if key.namespace else {}),
            "uid": str(uuid5(NAMESPACE_URL, f"{self._born[key]}/{key}")),
            "creationTimestamp": self.clock.stamp(),
            **({"generation": 1} if kind.has_generation else {}),
        }
        content = without(manifest, "metadata", *(("status",) if kind.has_status else ()))
        stored = admitted(kind, None, {**content, "metadata": metadata})
        expect_legal(kind, None, stored, cel=self._cel)
        self.writes.add(by, "creates")
        self._put(None, stored, by)
        self._garbage.adopt_or_collect(stored)
        return stored

    def update(self, manifest: Manifest, *, by: str = "user") -> Manifest:
        """Replace an object but for its status subresource; an identical one changes nothing.

        Raises:
            NotFoundError, ConflictError, InvalidError: as the API server.
        """
        key, kind = placed(self.kinds, manifest)
        old = self._existing(key)
        expect_current(old, manifest)
        content = without(manifest, "metadata", *(("status",) if kind.has_status else ()))
        if kind.has_status and "status" in old:
            content["status"] = old["status"]
        given = {**content, "metadata": kept_metadata(old, manifest)}
        new = admitted(kind, old, given)
        expect_legal(kind, old, new, cel=self._cel)
        self.writes.add(by, "updates")
        if same(new, old):
            return old
        changed = not same(without(new, *_STANDING), without(old, *_STANDING))
        if kind.has_generation and changed:
            new["metadata"]["generation"] = old["metadata"]["generation"] + 1
        if is_deleting(new) and not finalizers(new):
            self._remove(new, by)
            return new
        self._put(old, new, by)
        return new

    def update_status(self, manifest: Manifest, *, by: str = "user") -> Manifest:
        """Replace the status of an object, and nothing else.

        Raises:
            NotFoundError, ConflictError, InvalidError: as the API server; BadRequestError if the
                kind has no status subresource.
        """
        key, kind = placed(self.kinds, manifest)
        old = self._existing(key)
        if not kind.has_status:
            raise BadRequestError(f"{kind.kind} has no status subresource")
        expect_current(old, manifest)
        status = manifest.get("status")
        if kind.struct and kind.schema is None:
            new = with_status(kind, old, status)
        else:
            content = without(old, "metadata", "status")
            given = content if status is None else {**content, "status": status}
            new = admitted(kind, old, {**given, "metadata": dict(old["metadata"])})
            expect_legal(kind, None, new, cel=self._cel)
        self.writes.add(by, "status_updates")
        if same(new, old):
            return old
        self._put(old, new, by)
        return new

    def delete(
        self,
        key: Ref,
        *,
        uid: str = "",
        propagation: Propagation = "Background",
        by: str = "user",
    ) -> None:
        """Delete an object, or mark it as deleted while it has finalizers.

        Args:
            key: its identity.
            uid: a precondition, if not empty.
            propagation: what becomes of its dependents: Background, Foreground or Orphan.
            by: the writer.

        Raises:
            NotFoundError: there is no such object.
            ConflictError: it has another uid.
        """
        key = stored_key(self.kinds, key)
        old = self._existing(key)
        if uid and old["metadata"]["uid"] != uid:
            raise ConflictError(f"{key}: the uid in the precondition is not that of the object")
        self.writes.add(by, "deletes")
        held = self._garbage.finalizers_on_delete(old, propagation)
        if not held:
            self._remove(old, by)
        elif not is_deleting(old) or held != finalizers(old):
            self._mark_deleted(old, held, by)

    def has_deletions(self) -> bool:
        """Say whether a foreground deletion, or one of a namespace, is under way."""
        return self._garbage.has_pending()

    def finish_deletions(self) -> bool:
        """Let the garbage collector take its next step with foreground deletions and namespaces.

        Returns:
            whether anything was changed.
        """
        return self._garbage.step()

    # How a write is carried out.

    def _namespace_is_closed(self, name: str) -> bool:
        namespace = self._index.get(Ref("v1", "Namespace", "", name))
        return namespace is None or is_deleting(namespace)

    def _put(self, old: Manifest | None, new: Manifest, by: str) -> None:
        if new["kind"] == "CustomResourceDefinition":
            self._learn(new)
        self._version += 1
        new["metadata"]["resourceVersion"] = str(self._version)
        self._index.put(new)
        self._notify(WatchEvent(ref(new), old, new, by))

    def _learn(self, crd: Manifest) -> None:
        for version in crd["spec"]["versions"] if self._cel else ():
            schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
            celrules.expect_rules(schema, crd["metadata"]["name"])
        self.kinds.add_crd(crd)

    def _mark_deleted(self, old: Manifest, held: Sequence[str], by: str) -> None:
        metadata = {**old["metadata"], "finalizers": [*held]}
        if not is_deleting(old):
            metadata["deletionTimestamp"] = self.clock.stamp()
            metadata["deletionGracePeriodSeconds"] = 0
            if "generation" in metadata:
                metadata["generation"] += 1
        self._put(old, {**old, "metadata": metadata}, by)

    def _remove(self, old: Manifest, by: str) -> None:
        key = ref(old)
        stored = self._existing(key)
        self._version += 1
        self._index.remove(key)
        self._applied.pop(old["metadata"]["uid"], None)
        self._notify(WatchEvent(key, stored, None, by))
        self._garbage.collect_dependents(stored)
