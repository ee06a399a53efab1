"""The work queue: what is to be synced now, what later, and what after a failure."""

import heapq
from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Generic, TypeVar

from metacontroller_offline.clock import Clock
from metacontroller_offline.saving import Saving

Key = TypeVar("Key", bound=Hashable)

FIRST_BACKOFF = timedelta(milliseconds=5)
LONGEST_BACKOFF = timedelta(seconds=1000)
_MOST_DOUBLINGS = 30


class WorkQueue(Saving, Generic[Key]):
    """Keys in the order in which they were added, each at most once."""

    remembered = ("_ready", "_later", "_heap", "_failures")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ready: dict[Key, None] = {}
        self._later: dict[Key, datetime] = {}
        self._heap: list[tuple[datetime, int, Key]] = []
        self._sequence = count()
        self._failures: dict[Key, int] = {}

    def __bool__(self) -> bool:
        return bool(self._ready)

    def add(self, key: Key) -> None:
        """Sync a key now."""
        self._ready.setdefault(key)

    def add_after(self, key: Key, delay: timedelta) -> None:
        """Sync a key later; if it waits already, the earlier time applies."""
        if delay <= timedelta():
            self.add(key)
            return
        due = self._clock.now() + delay
        if key not in self._later or due < self._later[key]:
            self._later[key] = due
            heapq.heappush(self._heap, (due, next(self._sequence), key))

    def add_rate_limited(self, key: Key) -> None:
        """Sync a key after 5 ms, doubled with each failure, at most 1000 s."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        backoff = FIRST_BACKOFF * 2 ** min(failures, _MOST_DOUBLINGS)
        self.add_after(key, min(backoff, LONGEST_BACKOFF))

    def forget(self, key: Key) -> None:
        """Begin the backoff again: the key was synced without an error."""
        self._failures.pop(key, None)

    def ready(self) -> list[Key]:
        """Return the keys that are to be synced now, in order."""
        return list(self._ready)

    def later(self) -> Mapping[Key, datetime]:
        """Return the keys that are to be synced later, with their times."""
        return dict(self._later)

    def take(self, key: Key) -> None:
        """Take a key, whether it is to be synced now or later."""
        self._ready.pop(key, None)
        self._later.pop(key, None)

    def clear(self) -> None:
        """Forget all keys."""
        self.load(({}, {}, [], {}))

    def pop(self) -> Key:
        """Take the key that has waited longest."""
        key = next(iter(self._ready))
        del self._ready[key]
        return key

    def next_due(self) -> datetime | None:
        """Return when the next delayed key is due, if there is one."""
        while self._heap and self._later.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def release(self) -> None:
        """Move the keys that are due now to those that are ready."""
        while (due := self.next_due()) is not None and due <= self._clock.now():
            key = heapq.heappop(self._heap)[2]
            del self._later[key]
            self.add(key)
