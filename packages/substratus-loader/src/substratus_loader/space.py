"""Space on the destination's file system: before a load, and when it runs out in the middle."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from substratus_loader.failures import Code, FailureError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def check(directory: Path, needed: int) -> None:
    """Return when so many bytes are free.

    Raises:
        FailureError: `NO_SPACE`, with both figures.
    """
    free = free_bytes(directory)
    if free is not None and free < needed:
        raise _too_little(directory, needed, free)


def free_bytes(directory: Path) -> int | None:
    """Return how much is free, None where the file system does not say (buckets do not)."""
    try:
        answer = os.statvfs(directory)
    except OSError:
        return None
    return answer.f_bavail * answer.f_frsize if answer.f_blocks else None


@contextmanager
def saying_no_space(directory: Path, needed: int | None) -> Iterator[None]:
    """Turn errors of the destination into failures; `needed` bytes are still to be written."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise _too_little(directory, needed, free_bytes(directory)) from error
        raise FailureError(
            Code.WRONG_USAGE if error.errno in {errno.EACCES, errno.EROFS} else Code.UNAVAILABLE,
            f"{directory} cannot be written: {os.strerror(error.errno or 0)}.",
        ) from error


def _too_little(directory: Path, needed: int | None, free: int | None) -> FailureError:
    needs = "More bytes are needed" if needed is None else f"{needed} bytes are needed"
    has = "none" if free is None else f"{free}"
    return FailureError(
        Code.NO_SPACE,
        f"No space: {needs} in {directory}, and {has} are free."
        " Give the object's storage a larger size.",
    )
