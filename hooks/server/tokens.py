"""Who may ask: whoever shows a token that is in a directory, as the kubelet mounts a Secret's keys.

Two are taken at a time, so that another one can be made known before the old one is taken away.
"""

import hmac
import time
from collections.abc import Callable
from pathlib import Path

MOST = 2
SHORTEST = 16
"""Characters: 128 random bits are 22 of base64, 32 hexadecimal digits."""

_SECONDS = 1
"""Between two looks at the directory."""


class InvalidTokensError(ValueError):
    """What the directory holds cannot be tokens; the message says why, and no token."""


class Tokens:
    """The tokens of a directory, one a file. Files that begin with a dot are the kubelet's.

    Args:
        directory: where they are.
        clock: returns seconds.

    Raises:
        InvalidTokensError: the directory holds none, too many, or one that is too short.
    """

    def __init__(self, directory: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._clock = clock
        self._looked = clock()
        self._taken = _read(directory)

    def allow(self, authorization: str | None) -> bool:
        """Return whether a request with this header may ask.

        Nobody may while the directory holds what cannot be tokens.
        """
        if self._clock() - self._looked >= _SECONDS:
            self._looked = self._clock()
            try:
                self._taken = _read(self._directory)
            except InvalidTokensError:
                self._taken = []
        scheme, _, shown = (authorization or "").partition(" ")
        token = shown.strip().encode()
        # Each is compared, so that the time of a comparison says nothing.
        found = [hmac.compare_digest(token, each) for each in self._taken]
        return scheme.lower() == "bearer" and any(found)


def _read(directory: Path) -> list[bytes]:
    try:
        files = sorted(each for each in directory.iterdir() if not each.name.startswith("."))
        tokens = [each.read_bytes().strip() for each in files if each.is_file()]
    except OSError as error:
        raise InvalidTokensError(f"the tokens cannot be read: {error}") from error
    if not 1 <= len(tokens) <= MOST:
        raise InvalidTokensError(f"{directory} must hold one token or two, not {len(tokens)}")
    if min(map(len, tokens)) < SHORTEST:
        raise InvalidTokensError(
            f"a token in {directory} has fewer than {SHORTEST} characters: make one with "
            "`openssl rand -hex 32`"
        )
    return tokens
