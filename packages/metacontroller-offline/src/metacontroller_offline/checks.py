"""What becomes of a defect that is found: it stops the simulation, unless a test allows it."""

from collections.abc import Collection

from metacontroller_offline.errors import (
    GenerateNameOnly,
    HookDefect,
    NullListElement,
    UnsupportedError,
    WrongApiVersion,
)
from metacontroller_offline.timeline import Timeline

_NEVER_ALLOWED = (NullListElement, GenerateNameOnly, WrongApiVersion)


class Checks:
    """Decides what a defect does.

    Args:
        timeline: where defects that are allowed are noted, each sentence once.
        allowed: the defects that do not stop the simulation: it continues as the real one does.

    Raises:
        UnsupportedError: what the real one does after an allowed defect cannot be simulated.
    """

    def __init__(self, timeline: Timeline, allowed: Collection[type[HookDefect]] = ()) -> None:
        for each in allowed:
            if each in _NEVER_ALLOWED:
                raise UnsupportedError(
                    f"{each.__name__} cannot be allowed: a real Metacontroller {each.real}"
                )
        self._timeline = timeline
        self._allowed = tuple(allowed)
        self._noted: set[str] = set()

    def found(self, defect: HookDefect) -> None:
        """Raise a defect, or note it at its parent if it is allowed."""
        if not isinstance(defect, self._allowed):
            raise defect
        sentence = f"{type(defect).__name__}: {defect}"
        if sentence not in self._noted:
            self._noted.add(sentence)
            self._timeline.note(defect.where.parent, "metacontroller", sentence)
