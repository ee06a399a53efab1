"""What the scripts in the Pod answer, read as what anybody may have written.

An image can have a program of its own in the place of each that the scripts run. So every answer
has a limit and a form; what breaks one is an `AnswerError`, and nothing is done for it.
"""

import os
import re
from collections.abc import Iterable

from kubectl_open_notebook.failure import AnswerError
from kubectl_open_notebook.mirror.listing import Tree, Version, is_below, is_far, is_syncable

SECOND = 1_000_000_000
OF_A_LINE = 1 << 10
"""Bytes that the scripts write for a file beside its path and content, and more than they need."""
OF_A_MEMBER = 1 << 13
"""The same in an archive, whose headers are padded."""
SLACK = 1 << 16
"""Bytes that any script may write beside that."""
_MARK = re.compile(r"[0-9]{1,20}-[0-9]{1,12}\.[0-9]{9}")
_SIZE = re.compile(r"[0-9]{1,18}")
_TIME = re.compile(r"(-?[0-9]{1,12})(?:\.([0-9]{1,20}))?")
_MODE = re.compile(r"[0-7]{1,5}")
_DIGEST = re.compile(rb"([0-9a-f]{64})  (.+)", re.DOTALL)


def mark(answer: str) -> str:
    """Return the mark of a notebook's directory."""
    if not _MARK.fullmatch(answer):
        raise AnswerError("the mark of its directory is not an inode and a time")
    return answer


def clock(answer: str) -> tuple[int, str]:
    """Return the Pod's time in ns since 1970 and the sum of a listing."""
    now, _, total = answer.partition(" ")
    if not total.isdecimal():
        raise AnswerError("a listing has no sum")
    return nanoseconds(now), total


def tree(content: bytes) -> Tree:
    """Return what `find` lists: for each a type, size, time, mode and path, then a NUL."""
    files: dict[str, Version] = {}
    directories: set[str] = set()
    others: set[str] = set()
    for entry in content.split(b"\0")[:-1]:
        kind, *numbers, path = _fields(os.fsdecode(entry), 5)
        if not is_below(path):
            raise AnswerError("a listing has a path that is not in the directory")
        if is_far(path):
            continue
        if kind == "d" and is_syncable(path):
            directories.add(path)
        elif kind == "f" and is_syncable(path) and (found := version(*numbers)).is_syncable:
            files[path] = found
        else:
            others.add(path)
    return Tree(files, frozenset(directories), frozenset(others))


def applied(content: bytes) -> tuple[dict[str, Version], set[str]]:
    """Return what became of an archive: the version of each staged file, and what is done.

    The lines are `staged NUMBER SIZE TIME MODE`, `done NUMBER` and `changed NUMBER`.
    """
    staged: dict[str, Version] = {}
    done: set[str] = set()
    for line in content.decode(errors="replace").splitlines():
        word, number, *rest = _fields(line, 5 if line.startswith("staged ") else 2)
        if word == "staged":
            staged[number] = version(*rest)
        elif word == "done":
            done.add(number)
    return staged, done


def digests(content: bytes, asked: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the files that were asked for; those that are gone are left out."""
    found: dict[str, str] = {}
    for line in content.split(b"\0")[:-1]:
        match = _DIGEST.fullmatch(line)
        if not match:
            raise AnswerError("a file's SHA-256 is not 64 hexadecimal digits")
        found[os.fsdecode(match[2])] = match[1].decode()
    return {path: found[path] for path in asked if path in found}


def version(size: str, time: str, mode: str) -> Version:
    """Return a version from bytes, seconds and an octal mode."""
    if not _SIZE.fullmatch(size) or not _MODE.fullmatch(mode):
        raise AnswerError("a file's size or mode is not a number")
    return Version(int(size), nanoseconds(time), bool(int(mode, 8) & 0o100))


def nanoseconds(seconds: str) -> int:
    """Return ns from seconds with a fraction."""
    found = _TIME.fullmatch(seconds)
    if not found:
        raise AnswerError("a time is not a number")
    part = int(((found[2] or "") + "000000000")[:9])
    return int(found[1]) * SECOND + part


def _fields(line: str, count: int) -> list[str]:
    found = line.split(" ", count - 1)
    if len(found) != count:
        raise AnswerError("a line has too few words")
    return found
