"""Places in a directory of this machine, reached through directories alone and never a link.

Each is opened from the one above it, so that a link which is put there meanwhile leads nowhere.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kubectl_open_notebook.mirror.listing import Version

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


class Inside:
    """A directory that is open.

    Args:
        root: the directory.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.descriptor = os.open(root, _DIRECTORY)

    def close(self) -> None:
        """Close it."""
        os.close(self.descriptor)

    def is_at(self, root: Path) -> bool:
        """Return whether this directory is still the one of its name."""
        try:
            found = root.lstat()
        except OSError:
            return False
        return os.path.samestat(found, os.fstat(self.descriptor))

    @contextlib.contextmanager
    def directory(self, path: str, *, makes: bool = False) -> Iterator[int]:
        """Open a directory in it; the empty path is the directory itself.

        Args:
            path: the directory's path.
            makes: whether to make what is missing.

        Raises:
            OSError: it is missing, or it or one above it is a link or not a directory.
        """
        here = os.dup(self.descriptor)
        try:
            for name in filter(None, path.split("/")):
                if makes:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(name, dir_fd=here)
                below = os.open(name, _DIRECTORY, dir_fd=here)
                os.close(here)
                here = below
            yield here
        finally:
            os.close(here)

    @contextlib.contextmanager
    def above(self, path: str, *, makes: bool = False) -> Iterator[tuple[int, str]]:
        """Open the directory above a path; give it with the path's name in it."""
        directory, _, name = path.rpartition("/")
        with self.directory(directory, makes=makes) as found:
            yield found, name

    def entries(self, path: str) -> list[tuple[str, bool, Version | None]]:
        """Return the names in a directory, whether each is one, and its version if it is a file.

        Raises:
            OSError: it cannot be read, or it is not a directory.
        """
        found = []
        with self.directory(path) as directory, os.scandir(directory) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # it went while it was listed
                    version = version_of(entry.stat(follow_symlinks=False))
                    found.append((entry.name, entry.is_dir(follow_symlinks=False), version))
        return found

    def open(self, path: str) -> int | None:
        """Open a plain file for reading; return None if there is none, or it cannot be read.

        A pipe that has taken the file's place does not block.
        """
        try:
            with self.above(path) as (directory, name):
                found = os.open(name, _FILE, dir_fd=directory)
        except OSError:
            return None
        if stat.S_ISREG(os.fstat(found).st_mode):
            return found
        os.close(found)
        return None

    def version(self, path: str) -> Version | None:
        """Return the version of a file now; None if there is none, or it is not a plain file."""
        try:
            with self.above(path) as (directory, name):
                return version_in(directory, name)
        except OSError as error:
            if leads_nowhere(error):
                return None
            raise


def leads_nowhere(error: OSError) -> bool:
    """Return whether there is nothing at a place, or a link or a file above it."""
    return error.errno in _NOT_THERE


def version_in(directory: int, name: str) -> Version | None:
    """Return the version of a file in an open directory; None if it is not a plain file.

    Raises:
        OSError: there is nothing of this name.
    """
    return version_of(os.stat(name, dir_fd=directory, follow_symlinks=False))


def version_of(found: os.stat_result) -> Version | None:
    """Return the version of a plain file; None of anything else."""
    if not stat.S_ISREG(found.st_mode):
        return None
    return Version(found.st_size, found.st_mtime_ns, bool(found.st_mode & stat.S_IXUSR))


def is_free(directory: int, name: str) -> bool:
    """Return whether nothing of this name is in an open directory, not even a broken link."""
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return True
    return False


def rename_to_free(source: str, target: str, *, of: int, to: int) -> bool:
    """Rename from one open directory to a free name in another; return whether it was free."""
    try:
        os.link(source, target, src_dir_fd=of, dst_dir_fd=to, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if not is_free(to, target):
            return False
        os.rename(source, target, src_dir_fd=of, dst_dir_fd=to)
        return True
    os.unlink(source, dir_fd=of)
    return True
