"""What a source has: files, each with what it takes to know that it arrived whole."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass


@dataclass(frozen=True)
class Stream:
    """Bytes of a file, from `offset` to its end: 0 where the server knows no ranges."""

    offset: int
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class RemoteFile:
    """A file of a source.

    `path` is relative to the destination. `size` is in bytes, None where the source does not say.
    `identity` is the same as long as the content is. `resumes` says whether bytes of two requests
    are known to be of one content. `fetch` opens the file from an offset; it raises `FailureError`
    and `InterruptedLoadError`.
    """

    path: str
    size: int | None
    identity: str
    fetch: Callable[[int], AbstractContextManager[Stream]]
    sha256: str | None = None
    git_sha1: str | None = None
    resumes: bool = True

    def key(self) -> str:
        """Return the fixed name under which its parts are kept."""
        text = f"{self.path}\n{self.size}\n{self.identity}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Listing:
    """All files of a source that are wanted; `revision` is what the source calls this state."""

    files: tuple[RemoteFile, ...]
    revision: str | None
