"""What happened, and when: a record that is the same for the same input."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from metacontroller_offline.clock import Clock
from metacontroller_offline.objects import Json, Manifest, Ref, differences, without
from metacontroller_offline.reading import WatchEvent

_MOST_FIELDS = 5
_QUIET = ("apiVersion", "kind", "status")
_NOISE = ("resourceVersion", "generation", "deletionGracePeriodSeconds")


@dataclass(frozen=True)
class TimelineEvent:
    """One thing that happened to one object; `by` is the writer, `what` is for people."""

    time: datetime
    api_version: str
    kind: str
    namespace: str
    name: str
    by: str
    what: str

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.time:%H:%M:%S.%f} {self.kind} {place}: {self.what}"


class Timeline:
    """All events, in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.events: list[TimelineEvent] = []

    def note(self, key: Ref, by: str, what: str) -> None:
        """Add an event at the present time."""
        self.events.append(TimelineEvent(self._clock.now(), *key, by=by, what=what))

    def on_watch(self, event: WatchEvent) -> None:
        """Add what a change of an object amounts to."""
        for what in _describe(event.old, event.new):
            self.note(event.ref, event.by, what)


def _describe(old: Manifest | None, new: Manifest | None) -> Iterator[str]:
    if new is None:
        yield "deleted"
        return
    if old is None:
        yield "created"
    else:
        if old["metadata"].get("deletionTimestamp") != new["metadata"].get("deletionTimestamp"):
            yield "deletion asked for"
        changed = list(differences(_settled(old), _settled(new)))
        if changed:
            more = f" and {len(changed) - _MOST_FIELDS} more" if len(changed) > _MOST_FIELDS else ""
            yield f"updated {', '.join(changed[:_MOST_FIELDS])}{more}"
    yield from _status(((old or {}).get("status") or {}), (new.get("status") or {}))


def _settled(manifest: Manifest) -> Manifest:
    metadata = without(manifest["metadata"], *_NOISE, "deletionTimestamp")
    return {**without(manifest, *_QUIET), "metadata": metadata}


def _status(old: Manifest, new: Manifest) -> Iterator[str]:
    if isinstance(new, dict) and new.get("phase") != old.get("phase"):
        yield f"phase {old.get('phase')} → {new.get('phase')}"
    before = {each["type"]: each for each in _conditions(old)}
    for condition in _conditions(new):
        earlier = before.get(condition["type"], {})
        known = [earlier.get("status"), earlier.get("reason"), earlier.get("message")]
        if known != [
            condition.get("status"),
            condition.get("reason"),
            condition.get("message"),
        ]:
            was = f"{earlier['status']} → " if earlier.get("status") else ""
            why = ": ".join(filter(None, [condition.get("reason"), condition.get("message")]))
            yield f"{condition['type']} {was}{condition.get('status')}" + (
                f" ({why})" if why else ""
            )


def _conditions(status: Manifest) -> list[Json]:
    found = status.get("conditions")
    if not isinstance(found, list):
        return []
    return [each for each in found if isinstance(each, dict) and "type" in each]
