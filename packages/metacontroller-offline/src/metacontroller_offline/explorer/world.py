"""A cluster and its Metacontroller, which can be taken back to any state that they were in."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from metacontroller_offline.agenda import Agenda, action_name
from metacontroller_offline.cache import LaggingCache
from metacontroller_offline.callers import Hooks, as_caller
from metacontroller_offline.clock import Clock
from metacontroller_offline.course import advance
from metacontroller_offline.errors import NeverConverges, VolatileStatus
from metacontroller_offline.explorer.canonical import FIRST_VERSION, Canonical
from metacontroller_offline.explorer.choices import Budget
from metacontroller_offline.explorer.faults import (
    AT_ONCE,
    BreakableHooks,
    BreakableWrites,
    ChosenFates,
)
from metacontroller_offline.kubelet import Kubelet
from metacontroller_offline.manifests import is_controller
from metacontroller_offline.metacontroller import Metacontroller
from metacontroller_offline.objects import Manifest
from metacontroller_offline.saving import Saved, Saving
from metacontroller_offline.scenario import Scenario
from metacontroller_offline.store import Cluster
from metacontroller_offline.timeline import Timeline

if TYPE_CHECKING:
    from metacontroller_offline.hookclient import HookCall
    from metacontroller_offline.reading import WatchEvent

HOUR = timedelta(hours=1)


class World(Saving):
    """A cluster in which nothing has happened yet but that objects were applied.

    Args:
        manifests: CRDs, controllers and objects, which are applied in their order.
        versions: the hooks; of several, which are versions, the first until an upgrade.
        budget: how often what is not the usual course may happen.
        lag: how many changes of one kind a cache may not have seen.
        lagging: the names of the kinds whose caches may lag.
        clock: gives the time; the hooks may read it too.
        settled: objects that were applied before, and came to rest in the usual course.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest],
        versions: Sequence[Hooks],
        *,
        budget: Budget,
        lag: int = 0,
        lagging: Collection[str] = (),
        clock: Clock | None = None,
        settled: Iterable[Manifest] = (),
    ) -> None:
        given = list(manifests)
        controllers = [each for each in given if is_controller(each)]
        crds = [each for each in given if each["kind"] == "CustomResourceDefinition"]
        self.budget = budget
        self.clock = clock or Clock()
        self.cluster = Cluster(self.clock, cel=False, first_version=FIRST_VERSION)
        self.cluster.writes = self.writes = BreakableWrites()
        for each in crds:
            self.cluster.apply(each)
        self.timeline = Timeline(self.clock)
        self.agenda = Agenda()
        self.fates = ChosenFates()
        self.kubelet = Kubelet(self.cluster, self.agenda, Scenario(timings=AT_ONCE), self.fates)
        self.cache = LaggingCache(self.cluster, lag, lagging)
        self.hooks = BreakableHooks([as_caller(each) for each in versions])
        self.calls: list[HookCall] = []
        self.events: list[WatchEvent] = []
        self._canonical = Canonical()
        for callback in (self.events.append, self._canonical.note, self.timeline.on_watch):
            self.cluster.watch(callback)
        self.metacontroller = Metacontroller(
            self.cluster,
            controllers,
            self.hooks,
            timeline=self.timeline,
            agenda=self.agenda,
            observer=self.calls.append,
            allowed=(NeverConverges, VolatileStatus),
            cache=self.cache,
        )
        self._parts: tuple[Saving, ...] = (
            *(self.clock, self.cluster, self.agenda, self.kubelet, self.cache),
            self.metacontroller,
        )
        for each in settled:
            self.cluster.apply(each)
        self.settle()
        for each in given:
            if each not in crds and each not in controllers:
                self.cluster.apply(each)
        self.cache.deliver_all()

    def settle(self, horizon: timedelta = HOUR) -> None:
        """Let the usual course run until nothing is due within the horizon."""
        limit = self.clock.now() + horizon
        self.cache.deliver_all()
        while advance(self.cluster, self.agenda, self.metacontroller, limit):
            self.cache.deliver_all()

    def save(self) -> Saved:
        """Return the state."""
        return (self.budget, self.hooks.version, *(each.save() for each in self._parts))

    def load(self, saved: Saved) -> None:
        """Go back to a state."""
        self.budget, self.hooks.version, *parts = saved
        for part, each in zip(self._parts, parts, strict=True):
            part.load(each)

    def key(self) -> bytes:
        """Return what distinguishes the state: equal for states that differ in names only."""
        objects, (cached, waiting, recent) = self.cluster.objects(), self.cache.save()
        if not self.budget.stops:
            recent = {}
        later = self.metacontroller.queue.later()
        now = self.clock.now()
        rest = (
            *(self.budget, self.hooks.version, self.metacontroller.waiting()),
            sorted(later, key=lambda item: (later[item], item)),
            sorted(self.metacontroller.failures()),
            sorted({action_name(each) for due, each in self.agenda.entries() if due <= now}),
            [action_name(each) for due, each in self.agenda.entries() if due > now],
        )
        return self._canonical.key(objects, cached, waiting, recent, repr(rest))
