"""Counting what was written, by whom."""

from collections import Counter
from typing import Literal

Verb = Literal["creates", "updates", "status_updates", "deletes"]


class Writes:
    """Write requests that the API server accepted; no-op updates count, as they cost the same."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, by: str, verb: Verb) -> None:
        """Count one request."""
        self._counts[by, verb] += 1

    def count(self, verb: Verb, *, by: str | None = None) -> int:
        """Return how many requests of one verb there were, by one writer or by all (None)."""
        return sum(
            number
            for (who, what), number in self._counts.items()
            if what == verb and by in {None, who}
        )

    def total(self, *, by: str | None = None) -> int:
        """Return how many write requests there were, by one writer or by all (None)."""
        return sum(number for (who, _), number in self._counts.items() if by in {None, who})

    @property
    def creates(self) -> int:
        """Creations, by all writers."""
        return self.count("creates")

    @property
    def updates(self) -> int:
        """Updates, by all writers, without those of the status subresource."""
        return self.count("updates")

    @property
    def status_updates(self) -> int:
        """Updates of the status subresource, by all writers."""
        return self.count("status_updates")

    @property
    def deletes(self) -> int:
        """Deletions, by all writers; those of the garbage collector count too."""
        return self.count("deletes")
