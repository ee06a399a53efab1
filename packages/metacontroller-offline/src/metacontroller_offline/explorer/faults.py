"""What goes wrong on purpose: a write, a hook call, a Pod."""

from collections.abc import Mapping, Sequence

from metacontroller_offline.callers import Caller, Response
from metacontroller_offline.children import WRITER
from metacontroller_offline.errors import ApiError, ConflictError, HookError
from metacontroller_offline.objects import Manifest
from metacontroller_offline.scenario import Fate, Fates, Outcome, Scenario, Succeeds, Timings
from metacontroller_offline.writes import Verb, Writes


class StoppedError(Exception):
    """Metacontroller has ended between two writes."""


class RefusedError(ApiError):
    """The API server refuses a write."""


_FAULTS: Mapping[str, Exception] = {
    "stop": StoppedError("it stopped"),
    "refuse": RefusedError("the API server refuses it"),
    "conflict": ConflictError("the object has been modified"),
}


class BreakableWrites(Writes):
    """Counts the writes of Metacontroller, and lets one of them fail."""

    def __init__(self) -> None:
        super().__init__()
        self.arm()

    def arm(self, fault: str = "", number: int = 0) -> None:
        """Begin to count; the write of a number, from 0 on, ends as a fault says."""
        self.made, self._fault, self._number = 0, fault, number

    def add(self, by: str, verb: Verb) -> None:
        """Count a write, or let it fail."""
        super().add(by, verb)
        if by == WRITER:
            self.made += 1
            if self._fault and self.made == self._number + 1:
                raise _FAULTS[self._fault]


class BreakableHooks:
    """Calls one of several versions of the hooks; a call may fail."""

    def __init__(self, versions: Sequence[Caller]) -> None:
        self._versions = versions
        self.version = 0
        self.fails = False
        self.calls = 0

    def post(
        self, url: str, body: bytes, timeout: float, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Call the hook, or fail."""
        self.calls += 1
        if self.fails:
            raise HookError("no answer came")
        return self._versions[self.version].post(url, body, timeout, headers)


AT_ONCE = Timings(pull=0, run=0, ready=0, notice=0, bind=0, back_off=0)


class ChosenFates(Fates):
    """Decides as it was set to; notes that it was asked about a Pod."""

    def __init__(self) -> None:
        super().__init__(Scenario(timings=AT_ONCE))
        self.chosen: Outcome = Succeeds()
        self.asked: Manifest | None = None

    def decide(self, workload: Manifest, pod: Manifest) -> Fate:
        """Decide for a new Pod of a workload, or for a claim (given twice)."""
        if pod["kind"] == "Pod":
            self.asked = pod
            return Fate(self.chosen, AT_ONCE)
        return super().decide(workload, pod)
