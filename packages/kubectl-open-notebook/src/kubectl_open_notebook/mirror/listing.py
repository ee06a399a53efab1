"""What a directory holds: its files by path, as far as they can be synced."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_NAME = 255
"""Bytes; no file system has more, and a listing with more is not one of a file system."""
_LONGEST_PATH = 2048
"""Bytes: with the directory above it, less than Linux' 4096."""
_DEEPEST = 100
"""Directories of a path."""
_LATEST = 1 << 33
"""Seconds since 1970, in the year 2242: what any file system and any tar can carry."""
_SECOND = 1_000_000_000


class Side(StrEnum):
    """One of the two directories."""

    LOCAL = "local"
    NOTEBOOK = "notebook"

    @property
    def other(self) -> "Side":
        """The directory on the other side."""
        return Side.NOTEBOOK if self is Side.LOCAL else Side.LOCAL


@dataclass(frozen=True, slots=True)
class Version:
    """What distinguishes two contents of a file: size in bytes, mtime in ns, executable."""

    size: int
    mtime: int
    executable: bool = False

    @property
    def is_syncable(self) -> bool:
        """Whether the time can be carried: a file from before 1970 is written differently."""
        return self.size >= 0 and 0 <= self.mtime < _LATEST * _SECOND


@dataclass(frozen=True)
class Tree:
    """A directory's files, its directories, and what is neither or has a name that is left alone.

    Paths are relative, with `/`.
    """

    files: dict[str, Version] = field(default_factory=dict)
    directories: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def is_syncable(path: str) -> bool:
    """Return whether a path can be carried safely: UTF-8, no control characters, no way out."""
    if _UNSAFE.search(path) or is_far(path):
        return False
    return is_below(path) and all(len(part.encode()) <= _LONGEST_NAME for part in path.split("/"))


def is_far(path: str) -> bool:
    """Return whether a path is so long or deep that neither it nor what is below it is synced."""
    return len(os.fsencode(path)) > _LONGEST_PATH or path.count("/") >= _DEEPEST


def is_below(path: str) -> bool:
    """Return whether a path leads from a directory to something in it, and on no other way."""
    return all(part not in {"", ".", ".."} for part in path.split("/"))


def above(path: str) -> Iterator[str]:
    """Yield the directories above a path, from the nearest."""
    yield from (str(each) for each in PurePosixPath(path).parents if str(each) != ".")
