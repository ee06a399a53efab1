"""Asking again: waits that double, and an end."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from substratus_loader.connections import Patience
from substratus_loader.failures import Code, FailureError, InterruptedLoadError, Stopped

# So much that it is progress: a server that gives a byte at a time is not waited for forever.
PROGRESS = 1024 * 1024

T = TypeVar("T")


@dataclass
class Retries:
    """The attempts at one thing; `say` gets a line for each that fails."""

    where: str
    patience: Patience
    say: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    failed: int = 0

    def progressed(self) -> None:
        """Begin to count again: the last attempt brought something."""
        self.failed = 0

    def wait(self, interruption: InterruptedLoadError) -> None:
        """Wait before the next attempt.

        Raises:
            FailureError: `UNAVAILABLE`; there were enough attempts.
            Stopped: another file has failed meanwhile.
        """
        self.failed += 1
        if self.failed >= self.patience.attempts:
            if interruption.final is not None:
                raise interruption.final
            raise FailureError(
                Code.UNAVAILABLE,
                f"{self.where} {interruption.reason}, {self.failed} times one after the other."
                " What is loaded so far is kept; look at the network and at the source.",
            )
        seconds = min(
            self.patience.first_wait_seconds * 2 ** (self.failed - 1),
            self.patience.longest_wait_seconds,
        )
        if interruption.retry_after is not None:
            seconds = min(max(seconds, interruption.retry_after), 300)
        self.say(f"{self.where} {interruption.reason}; asked again in {seconds:g} s")
        if self.stop.wait(seconds):
            raise Stopped


def patiently(retries: Retries, call: Callable[[], T]) -> T:
    """Return what a call returns, calling it again after each `InterruptedLoadError`."""
    while True:
        try:
            return call()
        except InterruptedLoadError as interruption:
            retries.wait(interruption)
