"""The customize hook's cache: one call per parent's uid and generation, for 20 minutes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from metacontroller_offline.clock import Clock
from metacontroller_offline.kinds import Kind
from metacontroller_offline.objects import Manifest, Ref, ref
from metacontroller_offline.reading import Reader, WatchEvent
from metacontroller_offline.related import RelatedRule, RuleIndex
from metacontroller_offline.saving import Saved, Saving

LIFETIME = timedelta(minutes=20)


@dataclass(frozen=True)
class _Entry:
    uid: str
    generation: int
    expires: datetime
    rules: list[RelatedRule]


class Customize(Saving):
    """What each parent of one controller is related to.

    Args:
        cache: where the related objects are.
        clock: says how old an entry is.
        ask: calls the hook for a parent; returns its rules.
    """

    def __init__(
        self, cache: Reader, clock: Clock, ask: Callable[[Manifest], list[RelatedRule]]
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._ask = ask
        self._entries: dict[Ref, _Entry] = {}
        self._index = RuleIndex(cache)

    def save(self) -> Saved:
        """Return what the hook answered."""
        return (dict(self._entries),)

    def load(self, saved: Saved) -> None:
        """Remember the answers that were saved, and wake parents by these alone."""
        entries: dict[Ref, _Entry] = saved[0]
        for key in self._entries.keys() - entries.keys():
            self._index.forget(key)
        for key, entry in entries.items():
            if self._entries.get(key) is not entry:
                self._index.register(key, entry.rules)
        self._entries = dict(entries)

    def related(self, parent: Manifest) -> tuple[list[Kind], list[Manifest]]:
        """Return the kinds of a parent's rules, and what they select.

        Raises:
            HookError and the like: the hook failed; nothing is remembered.
        """
        rules = self._rules(parent)
        objects = [each for rule in rules for each in rule.select(self._cache)]
        return [rule.kind for rule in rules], objects

    def _rules(self, parent: Manifest) -> list[RelatedRule]:
        key, metadata = ref(parent), parent["metadata"]
        entry, now = self._entries.get(key), self._clock.now()
        uid, generation = metadata["uid"], metadata.get("generation", 0)
        if entry and (entry.uid, entry.generation) == (uid, generation) and now < entry.expires:
            return entry.rules
        rules = self._ask(parent)
        self._entries[key] = _Entry(uid, generation, now + LIFETIME, rules)
        self._index.register(key, rules)
        return rules

    def woken_by(self, event: WatchEvent) -> list[Ref]:
        """Return the parents that an object's old or new state concerns."""
        return self._index.interested(event.old, event.new)

    def forget(self, parent: Ref) -> None:
        """Forget a parent that is gone."""
        self._entries.pop(parent, None)
        self._index.forget(parent)
