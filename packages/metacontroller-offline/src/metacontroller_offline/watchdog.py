"""Noticing loops: writes that are repeated although nothing they could depend on has changed."""

from dataclasses import dataclass
from datetime import datetime

from metacontroller_offline.errors import HotLoop, NeverConverges, VolatileStatus, Where
from metacontroller_offline.objects import Json, Manifest, Ref, differences, dumps, ref, without

MOST_REPEATS = 10
"""How often one child or status may be written on unchanged input before it counts as a loop."""

MOST_SYNCS_AT_ONCE = 500
"""How often one parent may be synced in one instant of virtual time."""


@dataclass
class _Repeats:
    inputs: str
    times: int
    written: Json


def _inputs(request: Manifest, child: Ref | None) -> str:
    """Return what an answer may depend on, but for the parent's own status and one child."""
    parent = request.get("parent") or request.get("object") or {}
    children = request.get("children") or request.get("attachments") or {}
    outer = f"{child.kind}.{child.api_version}" if child else ""
    others = {
        key: without(group, child.inner_key) if child and key == outer else group
        for key, group in children.items()
    }
    metadata = without(parent.get("metadata") or {}, "resourceVersion", "managedFields")
    spec = {**without(parent, "status"), "metadata": metadata}
    return dumps([spec, others, request.get("related"), request.get("finalizing")])


class Watchdog:
    """Counts what one controller writes for its parents."""

    def __init__(self, controller: str) -> None:
        self._controller = controller
        self._statuses: dict[str, _Repeats] = {}
        self._children: dict[tuple[str, Ref], _Repeats] = {}
        self._syncs: dict[Ref, tuple[datetime, int]] = {}

    def synced(self, parent: Ref, now: datetime) -> None:
        """Note that a parent is synced.

        Raises:
            HotLoop: it was, too often, in this instant.
        """
        time, times = self._syncs.get(parent, (now, 0))
        times = times + 1 if time == now else 1
        self._syncs[parent] = (now, times)
        if times > MOST_SYNCS_AT_ONCE:
            raise HotLoop(
                Where(self._controller, str(parent)), f"It was synced {times} times in one instant."
            )

    def status_written(self, request: Manifest, parent: Manifest, status: Json) -> None:
        """Note that a status was written.

        Raises:
            VolatileStatus: it was, too often, on unchanged input.
        """
        uid = parent["metadata"]["uid"]
        repeats, previous = _repeat(self._statuses.get(uid), _inputs(request, None), status)
        self._statuses[uid] = repeats
        if repeats.times > MOST_REPEATS:
            field = next(differences(previous, status, "status"), "status")
            raise VolatileStatus(
                Where(self._controller, str(ref(parent)), field=field),
                f"The status was written {repeats.times} times on unchanged input.",
            )

    def child_written(self, request: Manifest, parent: Manifest, desired: Manifest) -> None:
        """Note that a child was written.

        Raises:
            NeverConverges: it was, too often, on unchanged input.
        """
        child = ref(desired)
        key = (parent["metadata"]["uid"], child)
        seen = self._children.get(key)
        inputs = _inputs(request, child) if seen else ""
        repeats, previous = _repeat(seen, inputs, desired)
        self._children[key] = repeats
        if repeats.times > MOST_REPEATS:
            field = next(differences(previous, desired), "")
            raise NeverConverges(
                Where(self._controller, str(ref(parent)), str(child), field),
                f"The child was written {repeats.times} times on unchanged input: something else "
                "changes or deletes it each time, or the hook's answer does.",
            )

    def forget(self, parent: Ref) -> None:
        """Forget a parent that is gone."""
        self._syncs.pop(parent, None)


def _repeat(seen: _Repeats | None, inputs: str, written: Json) -> tuple[_Repeats, Json]:
    if seen is None or seen.inputs != inputs:
        return _Repeats(inputs, 1, written), None
    return _Repeats(inputs, seen.times + 1, written), seen.written
