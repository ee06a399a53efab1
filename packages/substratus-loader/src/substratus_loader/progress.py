"""What the log shows of a load: a line every few seconds."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_UNITS = ("B", "kB", "MB", "GB", "TB")
_ROUNDS_UP = 999.5


@dataclass
class Progress:
    """Bytes and files so far; `total` is None where a source does not say its size."""

    total: int | None
    files: int
    say: Callable[[str], None]
    every_seconds: float = 5
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    files_done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._said_at = self.clock()
        self._said_done = 0

    def add(self, count: int) -> None:
        """Count bytes that arrived; fewer where a file begins again."""
        with self._lock:
            self.done += count
            now = self.clock()
            if now - self._said_at < self.every_seconds:
                return
            rate = max(self.done - self._said_done, 0) / (now - self._said_at)
            self._said_at, self._said_done = now, self.done
            line = self.line(rate)
        self.say(line)

    def skip(self, count: int) -> None:
        """Count bytes that were there before."""
        with self._lock:
            self.done += count
            self._said_done += count

    def file_done(self) -> None:
        """Count a file that is whole."""
        with self._lock:
            self.files_done += 1

    def line(self, rate: float) -> str:
        """Return the line for now; `rate` is in bytes a second."""
        of = ""
        if self.total:
            of = f" of {amount(self.total)} ({min(self.done * 100 // self.total, 100)} %)"
        return (
            f"{amount(self.done)}{of}, {amount(rate)}/s,"
            f" {self.files_done} of {self.files} files whole"
        )


def amount(count: float) -> str:
    """Return a count of bytes with three figures, such as 1.27 GB."""
    for unit in _UNITS[:-1]:
        if abs(count) < _ROUNDS_UP:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} {_UNITS[-1]}"
