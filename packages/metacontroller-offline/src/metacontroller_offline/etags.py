"""The cache of answers that a hook has marked with an ETag."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from metacontroller_offline.callers import Response
from metacontroller_offline.clock import Clock
from metacontroller_offline.objects import Ref

_CACHED = (304, 412)


@dataclass(frozen=True)
class _Entry:
    tag: str
    body: bytes
    expires: datetime | None


class Etags:
    """The answers of one hook, one for each parent's kind, namespace and name.

    As in Metacontroller neither the uid nor the generation of the parent counts: an ETag must
    change with all that the answer depends on.

    Args:
        clock: says when an entry expires.
        lifetime: in seconds; None: entries stay forever.
    """

    def __init__(self, clock: Clock, lifetime: float | None) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._entries: dict[tuple[str, str, str], _Entry] = {}

    def headers(self, parent: Ref) -> Mapping[str, str]:
        """Return what a request for a parent sends of what is known."""
        entry = self._entry(parent)
        return {"If-None-Match": entry.tag} if entry else {}

    def answered(self, parent: Ref, sent: Mapping[str, str], response: Response) -> Response:
        """Return the answer that counts: the known one if the hook says that nothing has changed.

        Args:
            parent: whom the request was about.
            sent: what `headers` returned for it.
            response: what the hook answered.
        """
        entry = self._entry(parent)
        if sent and entry and response.status in _CACHED:
            return Response(200, entry.body, response.headers)
        tag = next((each for key, each in response.headers.items() if key.lower() == "etag"), "")
        if tag and response.status == 200:  # noqa: PLR2004 - OK
            expires = self._lifetime and self._clock.now() + timedelta(seconds=self._lifetime)
            self._entries[_key(parent)] = _Entry(tag, response.body, expires or None)
        return response

    def _entry(self, parent: Ref) -> _Entry | None:
        entry = self._entries.get(_key(parent))
        if entry and entry.expires and entry.expires <= self._clock.now():
            return None
        return entry


def _key(parent: Ref) -> tuple[str, str, str]:
    return parent.kind, parent.namespace, parent.name
