"""Files of a claim, which is mounted read-only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from substratus_loader.failures import Code, FailureError, InterruptedLoadError
from substratus_loader.remote import Listing, RemoteFile, Stream
from substratus_loader.sources.ranges import changed
from substratus_loader.urls import VolumeUrl

_BLOCK = 1024 * 1024


def list_files(url: VolumeUrl, root: Path) -> Listing:
    """Return the file of the URL's path, or all below it; `root` is where the claim is mounted.

    Links are followed as long as they stay in the claim: what else is in the container is not for
    whoever writes into the claim.

    Raises:
        FailureError: there is no such path.
    """
    where = f"pvc://{url.claim}/{url.path}".rstrip("/")
    path = root / url.path
    try:
        if path.is_file():
            return Listing((_remote(path, path.name, root, where),), None)
        files = [
            _remote(found, str(found.relative_to(path)), root, where)
            for found in sorted(path.rglob("*"))
            if found.is_file()
        ]
    except OSError as error:
        raise _unreadable(where, error) from error
    if not files:
        raise FailureError(Code.NOT_FOUND, f"{where} does not exist, or has no files.")
    return Listing(tuple(files), None)


def _remote(path: Path, name: str, root: Path, where: str) -> RemoteFile:
    stat = path.stat()
    return RemoteFile(
        path=name,
        size=stat.st_size,
        identity=_state(stat),
        fetch=partial(_fetch, path, root, _state(stat), f"{where} ({name})"),
    )


@contextmanager
def _fetch(path: Path, root: Path, state: str, where: str, offset: int) -> Iterator[Stream]:
    try:
        opened = path.open("rb", buffering=0)
    except OSError as error:
        raise _unreadable(where, error) from error
    with opened:
        # Where the opened file is, whatever links were on the way and have changed since.
        real = Path(f"/proc/self/fd/{opened.fileno()}").readlink()
        if not real.is_relative_to(root.resolve()):
            raise FailureError(
                Code.REFUSED, f"{where} is a link that leads out of the claim. Leave it out."
            )
        opened.seek(offset)
        yield Stream(offset, _chunks(opened.fileno()))
        if _state(os.fstat(opened.fileno())) != state:
            raise changed(where)


def _chunks(descriptor: int) -> Iterator[bytes]:
    try:
        while chunk := os.read(descriptor, _BLOCK):
            yield chunk
    except OSError as error:
        raise InterruptedLoadError(f"cannot be read: {os.strerror(error.errno or 0)}") from error


def _state(stat: os.stat_result) -> str:
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _unreadable(where: str, error: OSError) -> FailureError:
    if isinstance(error, FileNotFoundError):
        return FailureError(Code.NOT_FOUND, f"{where} does not exist.")
    if isinstance(error, PermissionError):
        return FailureError(
            Code.NO_ACCESS,
            f"No access to {where}: the Pod's user or group may not read it. Change the mode of"
            " the files in the claim, or `fsGroup`.",
        )
    return FailureError(
        Code.UNAVAILABLE, f"{where} cannot be read: {os.strerror(error.errno or 0)}."
    )
