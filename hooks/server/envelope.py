"""The outermost levels of a request: one JSON object, each of whose members is there once.

A parser takes the last of two members of one name. Of `children` or `related`, that would be to
lose objects that exist, and so to delete them.
"""

import json
import re

import orjson

from hooks.manifest import Manifest

GROUPS = frozenset({"children", "attachments", "related"})
"""Members that hold a map of kinds, each of them a map of objects."""

_ESCAPED_BY_GO = (
    (b"\\u003c", b"<"),
    (b"\\u003e", b">"),
    (b"\\u0026", b"&"),
    (b"\\u2028", "\u2028".encode()),
    (b"\\u2029", "\u2029".encode()),
)
"""What Go's encoder writes with an escape, and orjson without."""

_SPACE = re.compile(r"[ \t\n\r]*")
_JSON = json.JSONDecoder(parse_int=str, parse_float=str)
"""For a walk over values that are dropped: numbers stay text."""


class MalformedRequestError(ValueError):
    """A request that Metacontroller would not send; the message says what is wrong and where."""


def decode(body: bytes) -> Manifest:
    """Return the JSON object of a body.

    Raises:
        MalformedRequestError: the body is not one, or its envelope has a member twice: one of its
            own, a kind, or an object of a kind.
    """
    request = _object(body)
    if not _is_written_once(body, request):
        del request  # a second look costs memory as well
        if place := _repeated(body):
            raise MalformedRequestError(f"The body has the member {place} twice.")
        request = _object(body)
    return request


def _object(body: bytes) -> Manifest:
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedRequestError(f"The body is not JSON: {error}.") from None
    if not isinstance(request, dict):
        raise MalformedRequestError("The body must be a JSON object, as Metacontroller sends it.")
    return request


def _is_written_once(body: bytes, request: Manifest) -> bool:
    """Return whether a body is, byte for byte, what would be written for the parsed request.

    Then nothing of it was lost. True for what Metacontroller sends, and cheap.
    """
    try:
        written = orjson.dumps(request)
    except orjson.JSONEncodeError:  # nested more deeply than it writes
        return False
    if body == written:
        return True
    for escaped, plain in _ESCAPED_BY_GO:
        if plain in written:
            body = body.replace(escaped, plain)
    return body == written


def _repeated(body: bytes) -> str | None:
    """Return where a member of the envelope is repeated. The body must be a JSON object."""
    try:
        return _Envelope(body.decode()).repeated()
    except RecursionError:
        raise MalformedRequestError("The body is nested too deeply.") from None


class _Envelope:
    """A walk over the envelope that skips what is below it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def repeated(self) -> str | None:
        self._skip_space()
        return self._object(())

    def _object(self, path: tuple[str, ...]) -> str | None:
        """Walk over the object that begins here; return the place of a repeated member."""
        seen: set[str] = set()
        self._at += 1
        self._skip_space()
        while self._text[self._at] != "}":
            key = str(self._value())
            if key in seen:
                return _place((*path, key))
            seen.add(key)
            self._skip_space()
            self._at += 1  # the colon
            self._skip_space()
            if found := self._member((*path, key)):
                return found
            self._skip_space()
            if self._text[self._at] == ",":
                self._at += 1
                self._skip_space()
        self._at += 1
        return None

    def _member(self, path: tuple[str, ...]) -> str | None:
        is_map = path[0] in GROUPS and len(path) <= 2  # noqa: PLR2004 - the kinds, and their objects
        if is_map and self._text[self._at] == "{":
            return self._object(path)
        self._value()
        return None

    def _value(self) -> object:
        value, self._at = _JSON.raw_decode(self._text, self._at)
        return value

    def _skip_space(self) -> None:
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]


def _place(path: tuple[str, ...]) -> str:
    return path[0] + "".join(f"[{each!r}]" for each in path[1:])
