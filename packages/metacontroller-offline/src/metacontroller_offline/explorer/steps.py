"""What one choice did: the calls of hooks, and all that was written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from metacontroller_offline.explorer.choices import Choice
from metacontroller_offline.hookclient import HookCall
from metacontroller_offline.objects import Json, Manifest, Ref
from metacontroller_offline.reading import WatchEvent


@dataclass(frozen=True)
class Step:
    """One choice, from a state to the next.

    Attributes:
        choice: what was chosen.
        before: the objects of the cluster.
        after: the objects of the cluster then.
        calls: the hook calls, in order.
        writes: what changed, in order.
        story: the same for people, a line each.
        defect: what a hook does that a real Metacontroller takes badly; empty if nothing.
        is_fair: whether it may happen again and again: no cache stays behind forever.
    """

    choice: Choice
    before: Mapping[Ref, Manifest]
    after: Mapping[Ref, Manifest]
    calls: tuple[HookCall, ...]
    writes: tuple[WatchEvent, ...]
    story: tuple[str, ...]
    defect: str = ""
    is_fair: bool = True

    def writes_of(self, kind: str, by: str | None = None) -> Iterator[WatchEvent]:
        """Yield the changes of objects of a kind, by one writer or by all (None)."""
        for each in self.writes:
            if each.ref.kind == kind and by in {None, each.by}:
                yield each

    @cached_property
    def request(self) -> Manifest | None:
        """The request of the sync hook, if it was called."""
        return self._sync.request if self._sync else None

    @cached_property
    def answer(self) -> Json:
        """The answer of the sync hook; None if there was none."""
        return json.loads(self._sync.body) if self._sync and self._sync.body else None

    @property
    def _sync(self) -> HookCall | None:
        return next((each for each in self.calls if each.kind in {"sync", "finalize"}), None)
