"""When two states are one: names of versions and of times do not count, their order does.

A resourceVersion says no more than which of two of the same object is the later one, a time no more
than which of two is, of objects with one controller. Both are replaced by their rank, wherever they
are written. So states that differ only in how long something took, or in which of two objects of
different owners came first, are one; a hook that compares such times is looked at in one order.
uids need nothing: an object's is made of its name, and of how many of that name there have been.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from metacontroller_offline.cache import Group
from metacontroller_offline.objects import Manifest, Ref, controller_of, dumps
from metacontroller_offline.reading import WatchEvent

FIRST_VERSION = 7_000_000_000
"""The first resourceVersion: versions are recognised by their ten digits."""

_NAMED = re.compile(r"(7\d{9})|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_MOST_TEXTS = 100_000


_Name: TypeAlias = tuple[str | Ref | None, str]
"""A version or a time, after what it is compared within."""


class _Text(NamedTuple):
    """An object: a digest of its text without versions and times, and these."""

    manifest: Manifest
    rest: bytes
    names: tuple[_Name, ...]


class Canonical:
    """Makes the keys of states; what was made of an object is kept."""

    def __init__(self) -> None:
        self._texts: dict[int, _Text] = {}
        self._owners: dict[str, Ref] = {}

    def note(self, event: WatchEvent) -> None:
        """Note whose a version is."""
        if event.new is not None:
            self._owners[event.new["metadata"]["resourceVersion"]] = event.ref

    def key(
        self,
        objects: Mapping[Ref, Manifest],
        cached: Mapping[Ref, Manifest],
        waiting: Mapping[Group, tuple[WatchEvent, ...]],
        recent: Mapping[Group, tuple[WatchEvent, ...]],
        rest: str,
    ) -> bytes:
        """Return the key of a state.

        Args:
            objects: what the API server has.
            cached: what the caches have of it.
            waiting: the changes that the caches have not seen, by kind.
            recent: the last changes that they have seen, where that may still matter.
            rest: all else in which states differ, as text.
        """
        lagging = [item for item in sorted(cached.items()) if objects.get(item[0]) is not item[1]]
        absent = sorted(objects.keys() - cached.keys())
        unseen = [(each.ref, each.new) for group in sorted(waiting) for each in waiting[group]]
        past = [(each.ref, each.old) for group in sorted(recent) for each in recent[group]]
        parts: list[list[tuple[Ref, Manifest | None]]] = [
            [*sorted(objects.items())],
            [*lagging],
            unseen,
            past,
        ]
        digest = blake2b(repr((rest, absent)).encode(), digest_size=16)
        texts = [[(key, self._text(each)) for key, each in part if each] for part in parts]
        ranks = _ranks(text for part in texts for _, text in part)
        for part, described in zip(parts, texts, strict=True):
            digest.update(repr([key for key, each in part if not each]).encode())
            for key, text in described:
                digest.update(repr((key, [ranks[each] for each in text.names])).encode())
                digest.update(text.rest)
        return digest.digest()

    def _text(self, manifest: Manifest) -> _Text:
        known = self._texts.get(id(manifest))
        if known is not None and known.manifest is manifest:
            return known
        if len(self._texts) > _MOST_TEXTS:
            self._texts.clear()
        text = dumps(manifest)
        owner = (controller_of(manifest) or manifest["metadata"])["uid"]
        made = self._texts[id(manifest)] = _Text(
            manifest,
            blake2b(_NAMED.sub(_placeholder, text).encode(), digest_size=16).digest(),
            tuple(
                (self._owners.get(version), version) if version else (owner, time)
                for version, time in _NAMED.findall(text)
            ),
        )
        return made


def _ranks(texts: Iterable[_Text]) -> Mapping[_Name, int]:
    groups: dict[str | Ref | None, set[str]] = {}
    for text in texts:
        for group, value in text.names:
            groups.setdefault(group, set()).add(value)
    return {
        (group, value): rank
        for group, values in groups.items()
        for rank, value in enumerate(sorted(values))
    }


def _placeholder(match: re.Match[str]) -> str:
    return "\0" if match[1] else "\1"
