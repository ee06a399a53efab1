"""The directory on this machine: listed, written and deleted in without losing anything.

A file is first written whole below `.substratus/`, on the same file system, and then takes its
place in one step, if what it replaces is still what was listed.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.mirror.ignore import Ignore
from kubectl_open_notebook.mirror.listing import OWN, Tree, Version, above, is_syncable

CHUNK = 1 << 20
"""Bytes of a file that are in memory at a time."""


class LocalDirectory:
    """The local side of the sync.

    Args:
        root: the directory, which must be there.

    Raises:
        Failure: it cannot be written to, or another sync has it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.own = root / OWN
        self.staging = self.own / "tmp"
        self._leaving = contextlib.ExitStack()
        try:
            self._take()
        except Failure:
            self._leaving.close()
            raise
        except OSError as error:
            self._leaving.close()
            raise Failure(
                f"The directory {root} cannot be synced: {error.strerror}. Nothing was changed; "
                "choose one that you may write to with --directory."
            ) from error

    def _take(self) -> None:
        self._make_own()
        lock = self._leaving.enter_context((self.own / "lock").open("w", encoding="utf-8"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"Another 'kubectl open notebook --sync' has the directory {self.root}. "
                "End it first, or choose another directory with --directory."
            ) from None
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir()

    def _make_own(self) -> None:
        self.own.mkdir(exist_ok=True)
        (self.own / ".gitignore").write_text("*\n", encoding="utf-8")
        self.staging.mkdir(exist_ok=True)

    def close(self) -> None:
        """Let others sync the directory."""
        shutil.rmtree(self.staging, ignore_errors=True)
        self._leaving.close()

    def was_replaced(self) -> bool:
        """Return whether this is not the directory that was listed before, only one of its name.

        Raises:
            Failure: there is none at all.
        """
        if self.staging.is_dir():
            return False
        if not self.root.is_dir():
            raise Failure(
                f"The directory {self.root} is gone. Nothing was deleted in the notebook for that; "
                "open it again with --sync in an empty directory to get it all back."
            )
        self._make_own()
        return True

    def list(self, ignore: Ignore) -> Tree:
        """Return what is there and is not ignored.

        A directory that cannot be read counts as something that is not synced, never as empty.
        """
        files: dict[str, Version] = {}
        directories: set[str] = set()
        others: set[str] = set()
        waiting = [""]
        while waiting:
            place = waiting.pop()
            try:
                entries = list(os.scandir(self.root / place))
            except FileNotFoundError:
                continue  # it went while it was listed
            except OSError:
                others.add(place)
                directories.discard(place)
                continue
            for entry in entries:
                path = f"{place}/{entry.name}" if place else entry.name
                is_directory = entry.is_dir(follow_symlinks=False)
                if ignore.ignores(path, is_directory=is_directory):
                    continue
                if not is_syncable(path):
                    others.add(path)
                elif is_directory:
                    directories.add(path)
                    waiting.append(path)
                elif (found := self.version(path)) is not None:
                    files[path] = found
                elif os.path.lexists(entry.path):
                    others.add(path)
        return Tree(files, frozenset(directories), frozenset(others))

    def version(self, path: str) -> Version | None:
        """Return the version of a file now; None if there is none, or it is not a plain file."""
        try:
            found = (self.root / path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return _version(found) if stat.S_ISREG(found.st_mode) else None

    @contextlib.contextmanager
    def read(self, path: str) -> Iterator[tuple[IO[bytes], Version] | None]:
        """Open a file for reading, with its version; give None if it is gone or unreadable."""
        try:
            descriptor = os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            yield None
            return
        with os.fdopen(descriptor, "rb") as file:
            yield file, _version(os.fstat(descriptor))

    def stage(self, source: IO[bytes], version: Version) -> Path:
        """Write a file aside, with the version's time; return where it is.

        Raises:
            OSError: the disk is full, or fails; nothing is left behind.
        """
        descriptor, name = tempfile.mkstemp(dir=self.staging)
        try:
            with os.fdopen(descriptor, "wb") as file:
                shutil.copyfileobj(source, file, CHUNK)
                os.fchmod(descriptor, _mode(executable=version.executable))
            os.utime(name, ns=(version.mtime, version.mtime))
        except BaseException:
            Path(name).unlink()
            raise
        return Path(name)

    def place(
        self, staged: Path, path: str, *, replaces: Version | None, keep: str | None
    ) -> Version | None:
        """Put a staged file in its place in one step.

        Args:
            staged: what `stage` returned.
            path: its place.
            replaces: what must be there still; None if nothing may be.
            keep: where what it replaces is kept, if it is.

        Returns:
            The version that is there now; None if the place was not as expected, in which case
            nothing was touched.
        """
        target = self.root / path
        if not self._is_as_listed(path, replaces):
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        version = _version(staged.lstat())
        if keep and not _rename_to_free(target, self.root / keep):
            return None
        if replaces is None or keep:
            return version if _rename_to_free(staged, target) else None
        staged.replace(target)
        return version

    def delete(self, path: str, version: Version) -> bool:
        """Delete a file that is this version still, and the directories that are empty by that."""
        if not self._is_as_listed(path, version):
            return False
        (self.root / path).unlink()
        for each in above(path):
            try:
                (self.root / each).rmdir()
            except OSError:
                break  # something else is in it
        return True

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file; None if it cannot be read."""
        with self.read(path) as opened:
            if opened is None:
                return None
            found = hashlib.sha256()
            while content := opened[0].read(CHUNK):
                found.update(content)
            return found.hexdigest()

    def _is_as_listed(self, path: str, version: Version | None) -> bool:
        """Return whether a place is what the plan was made for, reached through directories only.

        A symbolic link above it could lead out of the directory.
        """
        if any((self.root / each).is_symlink() for each in above(path)):
            return False
        if version is None:
            return not os.path.lexists(self.root / path)
        return self.version(path) == version


def is_disk_full(error: OSError) -> bool:
    """Return whether an error says that there is no room for more."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def _rename_to_free(source: Path, target: Path) -> bool:
    """Rename to a place where nothing is; return whether it was free."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            return False
        source.rename(target)
        return True
    source.unlink()
    return True


def _version(found: os.stat_result) -> Version:
    return Version(found.st_size, found.st_mtime_ns, bool(found.st_mode & stat.S_IXUSR))


def _mode(*, executable: bool) -> int:
    """Return the mode that a new file would have under the person's umask."""
    mask = os.umask(0)
    os.umask(mask)
    return (0o777 if executable else 0o666) & ~mask
