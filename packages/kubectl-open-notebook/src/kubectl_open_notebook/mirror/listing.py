"""What a directory holds: its files by path, as far as they can be synced."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

OWN = ".substratus"
"""The sync's own directory on either side: its state, and files on their way."""
NEVER_SYNCED = frozenset({OWN, ".git", ".ipynb_checkpoints"})
"""Names that are left alone wherever they stand; git's own files must not be merged by time."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\udc80-\udcff]")


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
    """What tells one content of a file from another: size in bytes, mtime in ns, executable."""

    size: int
    mtime: int
    executable: bool = False


@dataclass(frozen=True)
class Tree:
    """A directory's files, its directories, and what is neither or has a name that is left alone.

    Paths are relative, with `/`.
    """

    files: dict[str, Version] = field(default_factory=dict)
    directories: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def is_syncable(path: str) -> bool:
    """Return whether a name can be carried safely: UTF-8, no control characters, no way out."""
    return not _UNSAFE.search(path) and all(part not in {"", ".", ".."} for part in path.split("/"))


def above(path: str) -> Iterator[str]:
    """Yield the directories above a path, from the nearest."""
    yield from (str(each) for each in PurePosixPath(path).parents if str(each) != ".")
