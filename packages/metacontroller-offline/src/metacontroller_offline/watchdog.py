"""Noticing loops: writes and syncs that are repeated while no time passes.

A hook that polls, rotates or steps through states is not a loop: each round takes time, or the
steps end. So repetitions are counted within one instant of virtual time, and for a child or a
status only as long as nothing else that the hook is shown has changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from metacontroller_offline.checks import Checks
from metacontroller_offline.clock import Clock
from metacontroller_offline.errors import HotLoop, NeverConverges, VolatileStatus, Where
from metacontroller_offline.objects import Json, Manifest, Ref, differences, dumps, ref, without

MOST_REPEATS = 200
"""How often one child or status may be written in one instant on unchanged input."""

MOST_SYNCS_AT_ONCE = 5_000
"""How often one parent may be synced in one instant of virtual time."""

_SYNC = timedelta(milliseconds=5)
"""How long one sync of a loop takes; real ones were seen to do 200 a second."""

_Inputs: TypeAlias = tuple[object, ...]


@dataclass
class _Repeats:
    now: datetime
    inputs: _Inputs
    times: int
    written: Json


def _inputs(request: Manifest, child: Ref | None) -> _Inputs:
    """Return what an answer may depend on, but for the parent's own status and one child."""
    parent = request.get("parent") or request.get("object") or {}
    metadata = without(
        parent.get("metadata") or {}, "resourceVersion", "managedFields", "generation"
    )
    groups = [request.get("children") or request.get("attachments") or {}, request.get("related")]
    versions = (
        each["metadata"]["resourceVersion"]
        for group in groups
        for objects in (group or {}).values()
        for each in objects.values()
        if child is None or ref(each) != child
    )
    spec = without(parent, "status", "metadata")
    return (dumps([spec, metadata]), request.get("finalizing"), *versions)


class Watchdog:
    """Counts what one controller writes for its parents.

    Args:
        controller: the controller, for the errors.
        clock: says which writes are of one instant.
        checks: what becomes of a loop.
    """

    def __init__(self, controller: str, clock: Clock, checks: Checks) -> None:
        self._controller = controller
        self._clock = clock
        self._checks = checks
        self._statuses: dict[Ref, _Repeats] = {}
        self._children: dict[tuple[str, Ref], _Repeats] = {}
        self._syncs: dict[Ref, tuple[datetime, int]] = {}
        self._looping: set[Ref] = set()

    def synced(self, parent: Ref) -> None:
        """Note that a parent is synced.

        Raises:
            HotLoop: it was, too often, in this instant.
        """
        if parent in self._looping:
            # A loop that is allowed takes time, so that it ends with the time that is waited.
            self._clock.advance_to(self._clock.now() + _SYNC)
        now = self._clock.now()
        time, times = self._syncs.get(parent, (now, 0))
        times = times + 1 if time == now else 1
        self._syncs[parent] = (now, times)
        if times > MOST_SYNCS_AT_ONCE:
            where = Where(self._controller, parent)
            self._checks.found(HotLoop(where, f"It was synced {times} times at once."))
            self._looping.add(parent)

    def status_written(self, request: Manifest, parent: Manifest, status: Json) -> None:
        """Note that a status was written.

        Raises:
            VolatileStatus: it was, too often, on unchanged input.
        """
        key = ref(parent)
        repeats, previous = self._repeat(self._statuses.get(key), request, None, status)
        self._statuses[key] = repeats
        if repeats.times > MOST_REPEATS:
            field = _difference(previous, status, "status")
            defect = VolatileStatus(
                Where(self._controller, key, field=field),
                f"The status was written {repeats.times} times at once, on unchanged input.",
            )
            self._checks.found(defect)
            self._looping.add(key)

    def child_written(self, request: Manifest, parent: Manifest, desired: Manifest) -> None:
        """Note that a child was written.

        Raises:
            NeverConverges: it was, too often, on unchanged input.
        """
        child = ref(desired)
        key = (parent["metadata"]["uid"], child)
        repeats, previous = self._repeat(self._children.get(key), request, child, desired)
        self._children[key] = repeats
        if repeats.times > MOST_REPEATS:
            field = _difference(previous, desired)
            defect = NeverConverges(
                Where(self._controller, ref(parent), str(child), field),
                f"The child was written {repeats.times} times at once, on unchanged input: "
                "something else changes or deletes it each time, or the hook's answer does.",
            )
            self._checks.found(defect)
            self._looping.add(ref(parent))

    def _repeat(
        self, seen: _Repeats | None, request: Manifest, child: Ref | None, written: Json
    ) -> tuple[_Repeats, Json]:
        now = self._clock.now()
        if seen is None or seen.now != now:
            # What the first of an instant depended on is asked only if there is a second.
            return _Repeats(now, (), 1, written), None
        inputs = _inputs(request, child)
        if seen.inputs and seen.inputs != inputs:
            return _Repeats(now, inputs, 1, written), None
        return _Repeats(now, inputs, seen.times + 1, written), seen.written

    def reset(self) -> None:
        """Forget everything."""
        for each in (self._syncs, self._statuses, self._children):
            each.clear()
        self._looping.clear()

    def forget(self, parent: Ref) -> None:
        """Forget a parent that is gone."""
        self._syncs.pop(parent, None)
        self._statuses.pop(parent, None)
        self._looping.discard(parent)


def _difference(left: Json, right: Json, path: str = "") -> str:
    return next(differences(left, right, path), path)
