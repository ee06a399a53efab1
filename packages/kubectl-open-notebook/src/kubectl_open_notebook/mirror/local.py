"""The directory on this machine: listed, written and deleted in without losing anything.

A file is first written whole aside, on the same file system, and then takes its place in one step,
if what it replaces is still what was listed. No place is reached through a link.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.mirror.ignore import Ignore
from kubectl_open_notebook.mirror.inside import (
    is_free,
    leads_nowhere,
    rename_to_free,
    version_in,
    version_of,
)
from kubectl_open_notebook.mirror.listing import Tree, Version, above, is_syncable
from kubectl_open_notebook.mirror.own import Own

CHUNK = 1 << 20
"""Bytes of a file that are in memory at a time."""


class LocalDirectory:
    """The local side of the sync.

    Args:
        root: the directory, which must be there.
        state: where the person's state of all directories is.

    Raises:
        Failure: it cannot be written to, or another sync has it.
    """

    def __init__(self, root: Path, state: Path) -> None:
        self.root = root
        try:
            self._own = Own(root, state)
        except OSError as error:
            raise Failure(
                f"The directory {root} cannot be synced: {error.strerror}. Nothing was changed; "
                "choose one that you may write to with --directory."
            ) from error

    @property
    def mark(self) -> str:
        """What distinguishes this directory from another that has taken its place since."""
        return self._own.mark

    def state_file(self, notebook: str) -> Path:
        """Return where what this directory has in common with a notebook's is kept."""
        return self._own.file(notebook)

    def close(self) -> None:
        """Let others sync the directory."""
        self._own.close()

    def was_replaced(self) -> bool:
        """Return whether this is not the directory that was listed before, only one of its name.

        Raises:
            Failure: there is none at all.
        """
        if not self._own.is_gone():
            return False
        if not self.root.is_dir():
            raise Failure(
                f"The directory {self.root} is gone. Nothing was deleted in the notebook for that; "
                "open it again with --sync in an empty directory to get it all back."
            )
        self._own.open_again()
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
                entries = self._own.inside.entries(place)
            except FileNotFoundError:
                continue  # it went while it was listed
            except OSError:
                others.add(place)
                directories.discard(place)
                continue
            for name, is_directory, version in entries:
                path = f"{place}/{name}" if place else name
                if ignore.ignores(path, is_directory=is_directory):
                    continue
                if is_directory and is_syncable(path):
                    directories.add(path)
                    waiting.append(path)
                elif version and version.is_syncable and is_syncable(path):
                    files[path] = version
                else:
                    others.add(path)
        return Tree(files, frozenset(directories), frozenset(others))

    def version(self, path: str) -> Version | None:
        """Return the version of a file now; None if there is none, or it is not a plain file."""
        return self._own.inside.version(path)

    @contextlib.contextmanager
    def read(self, path: str) -> Iterator[tuple[IO[bytes], Version] | None]:
        """Open a file for reading, with its version; give None if it is gone or unreadable."""
        descriptor = self._own.inside.open(path)
        version = version_of(os.fstat(descriptor)) if descriptor is not None else None
        if descriptor is None or version is None:
            yield None
            return
        with os.fdopen(descriptor, "rb") as file:
            yield file, version

    def stage(self, source: IO[bytes], version: Version) -> str:
        """Write a file aside, with the version's time; return what it is called there.

        Raises:
            OSError: the disk is full, or fails; nothing is left behind.
        """
        name = secrets.token_hex(8)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(name, flags, 0o600, dir_fd=self._own.staging)
        try:
            with os.fdopen(descriptor, "wb") as file:
                shutil.copyfileobj(source, file, CHUNK)
                file.flush()
                os.fchmod(descriptor, _mode(executable=version.executable))
                os.utime(descriptor, ns=(version.mtime, version.mtime))
        except BaseException:
            self.discard(name)
            raise
        return name

    def discard(self, staged: str) -> None:
        """Remove a staged file, if it is still there."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(staged, dir_fd=self._own.staging)

    def place(
        self, staged: str, path: str, *, replaces: Version | None, keep: str | None
    ) -> Version | None:
        """Put a staged file in its place in one step.

        Args:
            staged: what `stage` returned.
            path: its place.
            replaces: what must be there still; None if nothing may be.
            keep: under which path beside it what it replaces is kept, if it is.

        Returns:
            The version that is there now; None if the place was not as expected, in which case
            nothing was touched.
        """
        staging = self._own.staging
        version = version_in(staging, staged)
        try:
            with self._own.inside.above(path, makes=replaces is None) as (directory, name):
                if not _is_as_listed(directory, name, replaces):
                    return None
                beside = keep.rpartition("/")[2] if keep else None
                if beside and not rename_to_free(name, beside, of=directory, to=directory):
                    return None
                if replaces is None or beside:
                    is_placed = rename_to_free(staged, name, of=staging, to=directory)
                    return version if is_placed else None
                os.replace(staged, name, src_dir_fd=staging, dst_dir_fd=directory)
                return version
        except OSError as error:
            if leads_nowhere(error):
                return None  # what is above it is another by now
            raise

    def delete(self, path: str, version: Version) -> bool:
        """Delete a file that is this version still, and the directories that are empty by that."""
        try:
            with self._own.inside.above(path) as (directory, name):
                if not _is_as_listed(directory, name, version):
                    return False
                os.unlink(name, dir_fd=directory)
        except OSError as error:
            if leads_nowhere(error):
                return False
            raise
        for each in above(path):
            try:
                with self._own.inside.above(each) as (directory, name):
                    os.rmdir(name, dir_fd=directory)
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


def is_disk_full(error: OSError) -> bool:
    """Return whether an error says that there is no room for more."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def _is_as_listed(directory: int, name: str, version: Version | None) -> bool:
    """Return whether a place is what the plan was made for."""
    if version is None:
        return is_free(directory, name)
    return version_in(directory, name) == version


def _mode(*, executable: bool) -> int:
    """Return the mode that a new file would have under the person's umask."""
    mask = os.umask(0)
    os.umask(mask)
    return (0o777 if executable else 0o666) & ~mask
