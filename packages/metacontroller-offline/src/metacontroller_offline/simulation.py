"""A whole cluster in virtual time: API server, Metacontroller, kubelet, and one clock."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.callers import Hooks, as_caller
from metacontroller_offline.clock import START, Clock
from metacontroller_offline.course import advance
from metacontroller_offline.errors import HookDefect
from metacontroller_offline.history import History, SyncFailedError
from metacontroller_offline.hookclient import Observer
from metacontroller_offline.kubelet import Kubelet
from metacontroller_offline.manifests import is_controller
from metacontroller_offline.metacontroller import Metacontroller
from metacontroller_offline.objects import Manifest
from metacontroller_offline.scenario import Scenario
from metacontroller_offline.selectors import EVERYTHING, read_selector
from metacontroller_offline.store import Cluster
from metacontroller_offline.timeline import Timeline, TimelineEvent

HOUR = timedelta(hours=1)


class Simulation:
    """Runs controllers and workloads until nothing is left to do.

    The same manifests, hooks and scenario always give the same timeline.

    Args:
        manifests: CRDs, controllers, and any other objects, which are applied in their order.
        hooks: the hooks, or how they are reached; see `Hooks`.
        scenario: what fails, and how long things take; None: nothing fails.
        start: the virtual time at which it begins, with a time zone.
        observer: sees every hook call.
        allowed: the defects that do not stop the simulation, such as `NeverConverges`: they are
            noted in the timeline, and it continues as a real Metacontroller does.
        cel: whether the CEL rules of CRDs are evaluated; None: if the extra `cel` is installed.
        target_label_selector: which controllers run, as the flag of that name says; empty: all.

    Raises:
        UnsupportedError, ApiError: a manifest cannot be run or is refused.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest],
        hooks: Hooks,
        *,
        scenario: Scenario | None = None,
        start: datetime = START,
        observer: Observer | None = None,
        allowed: Collection[type[HookDefect]] = (),
        cel: bool | None = None,
        target_label_selector: str = "",
    ) -> None:
        given = list(manifests)
        self.clock = Clock(start)
        self.cluster = Cluster(self.clock, cel=cel)
        crds = [each for each in given if each["kind"] == "CustomResourceDefinition"]
        for crd in crds:
            self.cluster.apply(crd)
        self.timeline = Timeline(self.clock)
        self._agenda = Agenda()
        self._yielded = 0
        self._history = History(observer)
        self.cluster.watch(self.timeline.on_watch)
        self.kubelet = Kubelet(self.cluster, self._agenda, scenario)
        self.metacontroller = Metacontroller(
            self.cluster,
            [each for each in given if is_controller(each)],
            as_caller(hooks),
            timeline=self.timeline,
            agenda=self._agenda,
            observer=self._history.observe,
            allowed=allowed,
            target=read_selector(target_label_selector) if target_label_selector else EVERYTHING,
        )
        for each in given:
            if each not in crds and not is_controller(each):
                self.cluster.apply(each)

    def run(self, horizon: timedelta = HOUR) -> Iterator[TimelineEvent]:
        """Run until nothing is due within the horizon; yield what happens, as it happens.

        The clock stops at the last thing that was due. What is due later stays for the next run.

        Args:
            horizon: how much virtual time may pass.

        Raises:
            HookDefect: a hook does what a real Metacontroller takes badly.
            UnsupportedError: a workload asks for something that is not simulated.
        """
        limit = self.clock.now() + horizon
        while advance(self.cluster, self._agenda, self.metacontroller, limit):
            yield from self._news()
        yield from self._news()

    def settle(self, horizon: timedelta = HOUR, *, may_fail: bool = False) -> list[TimelineEvent]:
        """Run as `run` does, and return what happened.

        Args:
            horizon: how much virtual time may pass.
            may_fail: whether the last sync of a parent may have failed: a hook that answers 500,
                is misspelt or returns a child that the API server refuses.

        Raises:
            SyncFailedError: it has, and may not; with the last hook calls and the timeline.
            HookDefect, UnsupportedError: as for `run`.
        """
        events = list(self.run(horizon))
        failures = self.metacontroller.failures()
        if failures and not may_fail:
            sentences = "\n".join(f"{who}: {why}" for who, why in failures.items())
            raise SyncFailedError(f"{sentences}\n{self.describe()}")
        return events

    def wait(self, duration: timedelta, *, may_fail: bool = False) -> list[TimelineEvent]:
        """Run for a duration, to its end; return what happened; see `settle`."""
        end = self.clock.now() + duration
        events = self.settle(duration, may_fail=may_fail)
        self.clock.advance_to(end)
        return events

    def describe(self) -> str:
        """Return the last hook calls and the end of the timeline, for people."""
        return self._history.describe(self.timeline.events)

    def at_once(self, action: Callable[[], None]) -> None:
        """Run `action` next, at the present time: what a watcher that is called may not do."""
        self._agenda.at(self.clock.now(), action)

    def _news(self) -> Iterator[TimelineEvent]:
        while self._yielded < len(self.timeline.events):
            self._yielded += 1
            yield self.timeline.events[self._yielded - 1]
