"""Metacontroller itself: its controllers, what they watch, and one queue for all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.callers import Caller
from metacontroller_offline.children import OnForeign
from metacontroller_offline.composite import CompositeController
from metacontroller_offline.controller import Context, Controller, QueueKey
from metacontroller_offline.decorator import DecoratorController
from metacontroller_offline.hookclient import HookClient, Observer
from metacontroller_offline.manifests import parse_controller
from metacontroller_offline.objects import Manifest
from metacontroller_offline.store import Cluster, WatchEvent
from metacontroller_offline.timeline import Timeline
from metacontroller_offline.workqueue import WorkQueue


class Metacontroller:
    """Runs the controllers of some manifests against a cluster.

    Args:
        cluster: the API server; the kinds that the controllers name are known to it.
        controllers: manifests of CompositeControllers and DecoratorControllers.
        caller: how hooks are reached.
        timeline: where errors are noted; a new one without.
        agenda: where periodic resyncs are entered; a new one without.
        observer: is told of every hook call.
        on_foreign: what to do when a foreign object holds a child's name.

    Raises:
        UnsupportedError, NotFoundError: a manifest cannot be run.
    """

    def __init__(
        self,
        cluster: Cluster,
        controllers: Iterable[Manifest],
        caller: Caller,
        *,
        timeline: Timeline | None = None,
        agenda: Agenda | None = None,
        observer: Observer | None = None,
        on_foreign: OnForeign = "raise",
    ) -> None:
        self._cluster = cluster
        self._agenda = agenda or Agenda()
        self.queue: WorkQueue[QueueKey] = WorkQueue(cluster.clock)
        self._context = Context(
            cluster,
            HookClient(caller, cluster.clock, observer),
            self.queue,
            timeline or Timeline(cluster.clock),
            on_foreign,
        )
        self._specs = [
            parse_controller(cluster.apply(each, by="user"), cluster.kinds) for each in controllers
        ]
        cluster.watch(self._on_watch)
        self.restart()

    def restart(self) -> None:
        """Start as a new process does: nothing is remembered, and every parent is synced."""
        self._controllers: dict[str, Controller] = {}
        self._of_parent: defaultdict[tuple[str, str], list[Controller]] = defaultdict(list)
        self._of_child: defaultdict[tuple[str, str], list[Controller]] = defaultdict(list)
        for spec in self._specs:
            make = CompositeController if spec.is_composite else DecoratorController
            controller = self._controllers[str(spec)] = make(spec, self._context)
            for parent in spec.parents:
                self._of_parent[parent.kind.api_version, parent.kind.kind].append(controller)
            for child in spec.children:
                self._of_child[child.kind.api_version, child.kind.kind].append(controller)
            controller.enqueue_all()
            self._enter_resync(controller)

    def _enter_resync(self, controller: Controller) -> None:
        period = controller.spec.resync_period
        if period is not None:
            due = self._cluster.clock.now() + timedelta(seconds=period)
            self._agenda.at(due, partial(self._resync, controller))

    def _resync(self, controller: Controller) -> None:
        if self._controllers[controller.name] is controller:
            controller.enqueue_all()
            self._enter_resync(controller)

    def _on_watch(self, event: WatchEvent) -> None:
        kind = (event.ref.api_version, event.ref.kind)
        for controller in self._of_parent.get(kind, ()):
            controller.on_parent(event)
        for controller in self._of_child.get(kind, ()):
            controller.on_child(event)
        for controller in self._controllers.values():
            controller.on_related(event)

    def sync_next(self) -> bool:
        """Sync the parent that has waited longest; say whether there was one.

        Raises:
            HookDefect: its hook does what a real Metacontroller takes badly.
        """
        self.queue.release()
        if not self.queue:
            return False
        controller, key = self.queue.pop()
        self._controllers[controller].sync(key)
        return True
