"""Reading objects: what the API server has, or what a cache that may lag has of it."""

from collections.abc import Callable
from dataclasses import dataclass

from metacontroller_offline.index import Index
from metacontroller_offline.kinds import Kinds
from metacontroller_offline.objects import Manifest, Manifests, Ref
from metacontroller_offline.placing import stored_key
from metacontroller_offline.selectors import EVERYTHING, Selector


@dataclass(frozen=True)
class WatchEvent:
    """A change of one object: `old` is None when it is new, `new` is None when it is gone."""

    ref: Ref
    old: Manifest | None
    new: Manifest | None
    by: str


class Reader:
    """Finds objects, and calls back at changes.

    Args:
        kinds: the kinds that are known.
        index: where the objects are.

    What `read` and `list` return is the index's own: do not change it.
    """

    def __init__(self, kinds: Kinds, index: Index) -> None:
        self.kinds = kinds
        self._index = index
        self._watchers: tuple[Callable[[WatchEvent], None], ...] = ()

    def watch(self, callback: Callable[[WatchEvent], None]) -> None:
        """Call back at every change, in order. The callback must not write."""
        self._watchers = (*self._watchers, callback)

    def read(self, key: Ref) -> Manifest | None:
        """Return the object, or None."""
        found = self._index.get(stored_key(self.kinds, key))
        return found and as_version(found, key.api_version)

    def read_uid(self, uid: str) -> Manifest | None:
        """Return the object of a uid, or None."""
        return self._index.get_uid(uid)

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        selector: Selector = EVERYTHING,
    ) -> Manifests:
        """Return the objects of a kind, of one namespace or of all (None), sorted by name."""
        stored = stored_key(self.kinds, Ref(api_version, kind, "", "")).api_version
        found = self._index.select((stored, kind), namespace, selector)
        return [as_version(each, api_version) for each in found] if stored != api_version else found

    def dependents(self, uid: str) -> Manifests:
        """Return the objects that name an owner's uid, sorted."""
        return self._index.dependents(uid)

    def _notify(self, event: WatchEvent) -> None:
        for watcher in self._watchers:
            watcher(event)


def as_version(manifest: Manifest, api_version: str) -> Manifest:
    """Return an object in another version of its kind: only the name of the version differs."""
    if manifest["apiVersion"] == api_version:
        return manifest
    return {**manifest, "apiVersion": api_version}
