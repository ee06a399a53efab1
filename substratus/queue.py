"""Kueue's part in the offline cluster: a queue that always has room."""

from functools import partial

from metacontroller_offline import Simulation
from metacontroller_offline.objects import Ref
from metacontroller_offline.reading import WatchEvent

from hooks.names import QUEUE

_WRITER = "kueue"


class RoomyQueue:
    """Lets each Job that waits in a queue run at once, so that what comes after it is seen.

    On a cluster it may wait; here nothing is known of what else would wait there.
    """

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        sim.cluster.watch(self._on_watch)

    def _on_watch(self, event: WatchEvent) -> None:
        if event.ref.kind == "Job" and event.old is None:
            self._sim.at_once(partial(self._let_run, event.ref))

    def _let_run(self, key: Ref) -> None:
        job = self._sim.cluster.read(key)
        if job and job["spec"].get("suspend") and QUEUE in job["metadata"].get("labels", {}):
            running = {**job, "spec": {**job["spec"], "suspend": False}}
            self._sim.cluster.update(running, by=_WRITER)
