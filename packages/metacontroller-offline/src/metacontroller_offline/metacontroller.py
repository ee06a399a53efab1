"""Metacontroller itself: its controllers, what they watch, and one queue for all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import partial

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.callers import Caller
from metacontroller_offline.checks import Checks
from metacontroller_offline.composite import CompositeController
from metacontroller_offline.controller import Context, Controller, QueueKey
from metacontroller_offline.decorator import DecoratorController
from metacontroller_offline.errors import HookDefect
from metacontroller_offline.hookclient import HookClient, Observer
from metacontroller_offline.manifests import ControllerSpec, is_controller, parse_controller
from metacontroller_offline.objects import Manifest, is_deleting, labels, same
from metacontroller_offline.reading import Reader, WatchEvent
from metacontroller_offline.saving import Saved, Saving
from metacontroller_offline.selectors import EVERYTHING, Selector
from metacontroller_offline.store import Cluster
from metacontroller_offline.timeline import Timeline
from metacontroller_offline.workqueue import WorkQueue


class Metacontroller(Saving):
    """Runs the controllers of some manifests against a cluster.

    Controllers are objects of the cluster: one that is applied, changed or deleted while it runs
    is started, restarted or stopped.

    Args:
        cluster: the API server; the kinds that the controllers name are known to it.
        controllers: manifests of CompositeControllers and DecoratorControllers, to be applied.
        caller: how hooks are reached.
        timeline: where errors are noted; a new one without.
        agenda: where periodic resyncs are entered; a new one without.
        observer: sees every hook call.
        allowed: defects that do not stop the simulation; see `Checks`.
        target: the labels of the controllers that this process runs; others are left alone.
        cache: what the controllers read and are woken by; the cluster itself without.

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
        allowed: Collection[type[HookDefect]] = (),
        target: Selector = EVERYTHING,
        cache: Reader | None = None,
    ) -> None:
        self._cluster = cluster
        watched = cache or cluster
        self._agenda = agenda or Agenda()
        self.queue: WorkQueue[QueueKey] = WorkQueue(cluster.clock)
        record = timeline or Timeline(cluster.clock)
        checks = Checks(record, allowed)
        hooks = HookClient(caller, cluster, checks, observer)
        self._context = Context(cluster, watched, hooks, self.queue, record, checks)
        self._target = target
        self._controllers: dict[str, Controller] = {}
        self._index()
        watched.watch(self._on_watch)
        for each in controllers:
            cluster.apply(each, by="user")

    def restart(self) -> None:
        """Start as a new process does: nothing is remembered, and every parent is synced."""
        for name in list(self._controllers):
            self._start(self._controllers[name].spec)

    def save(self) -> Saved:
        """Return what waits, and what the controllers remember; they must remain the same ones."""
        return (self.queue.save(), {name: each.save() for name, each in self._controllers.items()})

    def load(self, saved: Saved) -> None:
        """Continue as it was when that was saved."""
        queue, controllers = saved
        self.queue.load(queue)
        for name, each in controllers.items():
            self._controllers[name].load(each)

    def forget(self) -> None:
        """Know as little as a new process does: every parent is synced."""
        self.queue.clear()
        for each in self._controllers.values():
            each.forget()
            each.enqueue_all()

    def waiting(self) -> list[QueueKey]:
        """Return what may be synced now, sorted: what waits, and what failed and is tried again."""
        again = self.failed() & self.queue.later().keys()
        return sorted({*self.queue.ready(), *again})

    def failed(self) -> set[QueueKey]:
        """Return whose last sync failed."""
        return {(each.name, key) for each in self._controllers.values() for key in each.failures}

    def sync(self, item: QueueKey) -> None:
        """Sync one parent now, whatever waits before it.

        Raises:
            HookDefect: its hook does what a real Metacontroller takes badly.
        """
        controller, key = item
        self.queue.take(item)
        self._controllers[controller].sync(key)

    def everything(self) -> list[QueueKey]:
        """Return every parent that is there, of every controller, sorted."""
        return sorted(
            (name, key) for name, each in self._controllers.items() for key in each.parents()
        )

    def _start(self, spec: ControllerSpec) -> None:
        make = CompositeController if spec.is_composite else DecoratorController
        controller = self._controllers[str(spec)] = make(spec, self._context)
        self._index()
        controller.enqueue_all()
        self._enter_resync(controller)

    def _index(self) -> None:
        """Note which controllers look at which kinds."""
        self._of_parent: defaultdict[tuple[str, str], list[Controller]] = defaultdict(list)
        self._of_child: defaultdict[tuple[str, str], list[Controller]] = defaultdict(list)
        for controller in self._controllers.values():
            for parent in controller.spec.parents:
                self._of_parent[parent.kind.storage, parent.kind.kind].append(controller)
            for child in controller.spec.children:
                self._of_child[child.kind.storage, child.kind.kind].append(controller)

    def _on_controller(self, event: WatchEvent) -> None:
        gone = event.new is None or is_deleting(event.new)
        if event.new is None or gone or not self._target.matches(labels(event.new)):
            self._controllers.pop(f"{event.ref.kind} {event.ref.name}", None)
            self._index()
        elif event.old is None or not same(event.old.get("spec"), event.new.get("spec")):
            # As in the real one, a change of its metadata alone does nothing.
            self._start(parse_controller(event.new, self._cluster.kinds))

    def _enter_resync(self, controller: Controller) -> None:
        period = controller.spec.resync_period
        if period is not None:
            due = self._cluster.clock.now() + timedelta(seconds=period)
            self._agenda.at(due, partial(self._resync, controller))

    def _resync(self, controller: Controller) -> None:
        if self._controllers.get(controller.name) is controller:
            controller.enqueue_all()
            self._enter_resync(controller)

    def _on_watch(self, event: WatchEvent) -> None:
        if is_controller({"apiVersion": event.ref.api_version, "kind": event.ref.kind}):
            self._on_controller(event)
        kind = (event.ref.api_version, event.ref.kind)
        for controller in self._of_parent.get(kind, ()):
            controller.on_parent(event)
        for controller in self._of_child.get(kind, ()):
            controller.on_child(event)
        for controller in [*self._controllers.values()]:
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
        if controller in self._controllers:
            self._controllers[controller].sync(key)
        return True

    def failures(self) -> Mapping[str, str]:
        """Return whose last sync failed, a controller's name and a parent's, with why."""
        return {
            f"{controller.name} for {key}": sentence
            for controller in self._controllers.values()
            for key, sentence in sorted(controller.failures.items())
        }
