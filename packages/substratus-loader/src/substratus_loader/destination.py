"""Where files are written: aside, under a fixed name, and then renamed into place.

A killed load leaves in `<destination>/.substratus-loader/` what it has of each file, under the
file's key, and a mark for each file that is whole. The next load of the same content continues
there; parts of anything else are removed.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from substratus_loader.failures import Code, FailureError
from substratus_loader.remote import RemoteFile
from substratus_loader.space import saying_no_space
from substratus_loader.urls import is_inside

STATE = ".substratus-loader"
_LOCK = "lock"
_BLOCK = 1024 * 1024
_FLAGS = os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True)
class Destination:
    """A directory that files are written below; without `renames` each is written in place."""

    directory: Path
    renames: bool = True

    def prepare(self, files: tuple[RemoteFile, ...]) -> None:
        """Make what is missing, and remove parts of what is not wanted any more.

        Raises:
            FailureError: `NO_SPACE`; or `WRONG_USAGE` where a path leads out of the destination.
        """
        for file in files:
            if not is_inside(file.path) or file.path.split("/")[0] == STATE:
                raise FailureError(
                    Code.WRONG_USAGE,
                    f"The source has a file {file.path!r}, which has no place below a directory."
                    " Leave it out with `files`.",
                )
        with saying_no_space(self.directory, None):
            self.directory.mkdir(parents=True, exist_ok=True)
            if not self.renames:
                return
            self._state.mkdir(exist_ok=True)
            wanted = {f"{file.key()}{ending}" for file in files for ending in (".part", ".done")}
            wanted.add(_LOCK)
            for path in self._state.iterdir():
                if path.name not in wanted:
                    remove = shutil.rmtree if path.is_dir() else os.unlink
                    remove(path)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other loads out: two that write into one file would both end with a wrong one.

        Raises:
            FailureError: `UNAVAILABLE`; another load is there, as after a node was lost.
        """
        if not self.renames:
            yield
            return
        descriptor = os.open(self._state / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            with contextlib.suppress(OSError):  # not every file system can
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    raise FailureError(
                        Code.UNAVAILABLE,
                        f"Another load writes into {self.directory}. It is left alone; this one"
                        " may be tried again when it has ended.",
                    ) from error
            yield
        finally:
            os.close(descriptor)

    def finish(self) -> None:
        """Remove what only a load that continues would need."""
        shutil.rmtree(self._state, ignore_errors=True)

    def final(self, file: RemoteFile) -> Path:
        """Return where a file is in the end."""
        return self.directory / file.path

    def aside(self, file: RemoteFile) -> Path:
        """Return where a file is while it is written."""
        return self._state / f"{file.key()}.part" if self.renames else self.final(file)

    def mark(self, file: RemoteFile) -> Path:
        """Return what marks a file as whole, for a load that is killed later on."""
        return self._state / f"{file.key()}.done"

    def bytes_there(self, file: RemoteFile) -> int:
        """Return how many bytes of a file need no space any more, at most its size."""
        paths = [self.final(file), *([self.aside(file)] if self.renames else [])]
        sizes = [path.stat().st_size for path in paths if path.is_file()]
        return min(max(sizes, default=0), file.size or 0)

    @property
    def _state(self) -> Path:
        return self.directory / STATE


class Writing:
    """A file while it is written, and the checksums of what is in it."""

    def __init__(self, file: RemoteFile, destination: Destination) -> None:
        self.file = file
        self._destination = destination
        self._path = destination.aside(file)
        with saying_no_space(destination.directory, None):
            destination.final(file).parent.mkdir(parents=True, exist_ok=True)
            keep = destination.renames and file.resumes and file.size is not None
            # A mounted bucket takes a new file from its beginning to its end, and no reads of it.
            mode = os.O_RDWR if keep else os.O_WRONLY | os.O_TRUNC
            self._descriptor = os.open(self._path, mode | _FLAGS, 0o666)
        self._sha256, self._git = _digests(file)
        self.offset = 0
        if keep:
            self._read_what_is_there()
        self.resumed = self.offset

    def write(self, chunk: bytes) -> None:
        """Write the next bytes.

        Raises:
            FailureError: `NO_SPACE`.
        """
        view = memoryview(chunk)
        rest = None if self.file.size is None else self.file.size - self.offset
        with saying_no_space(self._destination.directory, rest):
            while view:
                view = view[os.write(self._descriptor, view) :]
        self._digest(chunk)

    def restart(self) -> None:
        """Forget what is there."""
        self.close()
        with saying_no_space(self._destination.directory, None):
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_TRUNC | _FLAGS, 0o666)
        self._sha256, self._git = _digests(self.file)
        self.offset = 0
        self.resumed = 0

    def mismatch(self) -> str | None:
        """Return what differs from what the source says of the file, None where it is whole."""
        if self.file.size is not None and self.offset != self.file.size:
            return f"has {self.offset} bytes, and {self.file.size} are right"
        return differs(self.file, self._sha256.hexdigest(), self._git.hexdigest())

    def commit(self) -> str:
        """Make the file appear in its place, whole, and return its sha256."""
        with saying_no_space(self._destination.directory, None):
            os.fsync(self._descriptor)
            if self._destination.renames:
                final = self._destination.final(self.file)
                # A directory of that name would be something of the source's earlier state.
                self._path.replace(final)
                self._destination.mark(self.file).touch()
                _sync_directory(final.parent)
        return self._sha256.hexdigest()

    def discard(self) -> None:
        """Remove what is there: it is wrong."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; what is in it stays."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def _read_what_is_there(self) -> None:
        while block := os.read(self._descriptor, _BLOCK):
            self._digest(block)
        if self.file.size is not None and self.offset > self.file.size:
            self.restart()

    def _digest(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        if self.file.git_sha1 is not None:
            self._git.update(chunk)
        self.offset += len(chunk)


def kept(file: RemoteFile, destination: Destination) -> str | None:
    """Return the sha256 of a file that an earlier load wrote whole, None where there is none."""
    final = destination.final(file)
    checked = file.sha256 is not None or file.git_sha1 is not None
    if not checked and not (destination.renames and destination.mark(file).exists()):
        return None
    if final.is_symlink() or not final.is_file() or final.stat().st_size != file.size:
        return None
    sha256, git = _digests(file)
    with final.open("rb") as opened:
        while block := opened.read(_BLOCK):
            sha256.update(block)
            git.update(block)
    if differs(file, sha256.hexdigest(), git.hexdigest()) is not None:
        return None
    return sha256.hexdigest()


def differs(file: RemoteFile, sha256: str, git_sha1: str) -> str | None:
    """Return which checksum differs from the source's, None where none does."""
    if file.sha256 is not None and sha256 != file.sha256:
        return f"has the sha256 {sha256}, and {file.sha256} is right"
    if file.git_sha1 is not None and git_sha1 != file.git_sha1:
        return f"has the git object id {git_sha1}, and {file.git_sha1} is right"
    return None


def _digests(file: RemoteFile) -> "tuple[hashlib._Hash, hashlib._Hash]":
    # Git hashes a blob's length before its content.
    git = hashlib.sha1(f"blob {file.size}\0".encode(), usedforsecurity=False)
    return hashlib.sha256(), git


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        # Not every file system can.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
