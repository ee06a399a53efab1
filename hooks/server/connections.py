"""The connections of one worker, and which of them has to go.

Knows neither gunicorn nor gevent: a connection is ended by a function that it came with.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(eq=False)
class Connection:
    """What a worker knows of a connection.

    Attributes:
        end: ends it, whatever it waits for.
        waits: whether its client has to send something, and not the hooks to answer.
        answered: how many requests of it were answered.
        since: when it began to wait, in seconds of the worker's clock.
        held: bytes of a body that it has sent so far.
    """

    end: Callable[[], None]
    since: float
    waits: bool = True
    answered: int = 0
    held: int = 0


class Connections:
    """All connections of a worker: so many at a time, and so many bytes of unfinished bodies.

    Over a limit the one goes that waited longest, those first that never had an answer: a client
    that means it sends its request at once.

    Args:
        most: connections.
        most_held: bytes of bodies that are not complete.
        clock: returns seconds.
    """

    def __init__(self, most: int, most_held: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._most_held = most_held
        self._clock = clock
        self._all: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._all)

    def add(self, end: Callable[[], None]) -> Connection:
        """Return a new connection; another may be ended for it."""
        if len(self._all) >= self._most:
            self._end_one(list(self._all))
        added = Connection(end, self._clock())
        self._all.add(added)
        return added

    def remove(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._all.discard(connection)

    def received(self, connection: Connection, length: int) -> None:
        """Count bytes of a body; the connection that waited longest with one may be ended."""
        connection.held += length
        if sum(each.held for each in self._all) > self._most_held:
            self._end_one([each for each in self._all if each.held])

    def answers(self, connection: Connection) -> None:
        """Count what it sent as complete: the hooks answer now."""
        connection.waits, connection.held = False, 0

    def answered(self, connection: Connection) -> None:
        """Wait for its next request."""
        connection.waits, connection.since = True, self._clock()
        connection.answered += 1

    def end_waiting(self) -> None:
        """End all that have no request."""
        for each in list(self._all):
            if each.waits:
                self._end(each)

    def _end_one(self, candidates: list[Connection]) -> None:
        waiting = [each for each in candidates if each.waits]
        if waiting:
            self._end(min(waiting, key=lambda each: (each.answered > 0, each.since)))

    def _end(self, connection: Connection) -> None:
        self._all.discard(connection)
        connection.held = 0
        connection.end()
