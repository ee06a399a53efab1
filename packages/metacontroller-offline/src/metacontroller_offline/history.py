"""What a test is shown when a sync has failed: the last hook calls, and the end of the timeline."""

from collections import deque
from collections.abc import Sequence

from metacontroller_offline.errors import OfflineError
from metacontroller_offline.hookclient import HookCall, Observer
from metacontroller_offline.objects import dumps, ref
from metacontroller_offline.timeline import TimelineEvent

_CALLS = 3
_EVENTS = 20
_LENGTH = 2_000


class SyncFailedError(OfflineError):
    """A parent could not be synced, and the hook's author has not said that it may be so."""


class History:
    """The last hook calls of a simulation.

    Args:
        observer: sees every call too.
    """

    def __init__(self, observer: Observer | None = None) -> None:
        self._observer = observer
        self._calls: deque[HookCall] = deque(maxlen=_CALLS)

    def observe(self, call: HookCall) -> None:
        """Take a call."""
        self._calls.append(call)
        if self._observer is not None:
            self._observer(call)

    def describe(self, events: Sequence[TimelineEvent]) -> str:
        """Return the last calls and events, for people."""
        calls = "\n".join(map(_described, self._calls)) or "none"
        lines = "\n".join(f"  {each}" for each in events[-_EVENTS:]) or "  nothing"
        return f"Last hook calls:\n{calls}\nEnd of the timeline:\n{lines}"


def _described(call: HookCall) -> str:
    parent = call.request.get("parent") or call.request.get("object") or {}
    body = (call.body or b"").decode(errors="replace")
    return (
        f"  {call.kind} of {ref(parent)} at {call.url}\n"
        f"    request: {_cut(dumps(call.request))}\n"
        f"    answer: {call.status or 'none'} {_cut(body)}"
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}… ({len(text)} characters)"
