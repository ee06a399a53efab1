"""What a controller knows of the cluster: caches that follow it, each kind's for itself."""

from collections.abc import Collection

from metacontroller_offline.index import Index
from metacontroller_offline.reading import Reader, WatchEvent
from metacontroller_offline.saving import Saved, Saving
from metacontroller_offline.store import Cluster

Group = tuple[str, str]
"""The apiVersion and the kind of objects that one cache holds."""


class LaggingCache(Reader, Saving):
    """Caches of a cluster that may lag behind it: a change is seen when it is delivered.

    Those of one kind are seen in their order; kinds are independent of each other, as the informers
    of a real Metacontroller are.

    Args:
        cluster: the API server.
        lag: how many changes of one kind may wait; the first is delivered when there are more.
        kinds: the names of the kinds that may lag; a change of another is seen at once.
    """

    def __init__(self, cluster: Cluster, lag: int, kinds: Collection[str]) -> None:
        super().__init__(cluster.kinds, Index())
        self._cluster = cluster
        self._lag = lag
        self._lagging = frozenset(kinds)
        self._waiting: dict[Group, tuple[WatchEvent, ...]] = {}
        self._recent: dict[Group, tuple[WatchEvent, ...]] = {}
        self.catch_up()
        cluster.watch(self._on_watch)

    def catch_up(self, behind: Group | None = None) -> None:
        """Hold what the cluster holds, without calling anybody back: what a start does.

        Args:
            behind: a kind that is held as it was before its last changes, which are to be seen: a
                start may be answered by an API server that is behind the others.
        """
        objects = self._cluster.objects()
        waiting, self._waiting = self._waiting, {}
        missed = (*self._recent.pop(behind, ()), *waiting.get(behind, ())) if behind else ()
        for event in reversed(missed):
            if event.old is None:
                objects.pop(event.ref, None)
            else:
                objects[event.ref] = event.old
        if behind and missed:
            self._waiting[behind] = missed
        self._index.replace(objects)

    def recent(self) -> list[Group]:
        """Return the kinds that a start may find as they were before, sorted."""
        return sorted(self._recent)

    def waiting(self) -> list[Group]:
        """Return the kinds of which a change waits, sorted."""
        return sorted(self._waiting)

    def deliver(self, group: Group) -> WatchEvent:
        """See the change of a kind that has waited longest, and return it."""
        event, *rest = self._waiting.pop(group)
        if rest:
            self._waiting[group] = tuple(rest)
        if event.ref.kind in self._lagging:
            self._recent[group] = (*self._recent.get(group, ()), event)[-self._lag :]
        if event.new is None:
            self._index.remove(event.ref)
        else:
            self._index.put(event.new)
        self._notify(event)
        return event

    def deliver_all(self) -> None:
        """See all that waits."""
        while self._waiting:
            self.deliver(self.waiting()[0])

    def save(self) -> Saved:
        """Return what it holds."""
        return (self._index.objects(), dict(self._waiting), dict(self._recent))

    def load(self, saved: Saved) -> None:
        """Hold what it held."""
        objects, waiting, recent = saved
        self._index.replace(objects)
        self._waiting, self._recent = dict(waiting), dict(recent)

    def _on_watch(self, event: WatchEvent) -> None:
        group = (event.ref.api_version, event.ref.kind)
        self._waiting[group] = (*self._waiting.get(group, ()), event)
        lag = self._lag if event.ref.kind in self._lagging else 0
        while len(self._waiting.get(group, ())) > lag:
            self.deliver(group)
