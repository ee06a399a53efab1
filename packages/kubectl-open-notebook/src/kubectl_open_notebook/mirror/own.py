"""What the sync has of its own on this machine, where no repository can put anything.

A repository can track files and links of any name, so the sync reads nothing that is in the
directory. Its lock, and what both sides had in common, are in the person's state directory. In the
directory that is synced it makes only:

- `.substratus`, an empty directory that is never opened. Its inode and its time distinguish this
  directory from another that has taken its place since; git does not see it, as it is empty.
- `.substratus-<random>`, as long as it syncs: files on their way, which must be on one file system
  with their place. Nobody can know its name before it is made.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
from pathlib import Path
from typing import IO

from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.mirror.inside import Inside
from kubectl_open_notebook.mirror.reserved import OWN

_STAGING = re.compile(rf"{re.escape(OWN)}-[0-9a-f]{{16}}")


class Own:
    """The state of one directory that is synced.

    Args:
        root: the directory, with every link in its path resolved.
        state: where the states of all directories are; made if it is missing.

    Raises:
        Failure: another sync has the directory, or the state would be in it.
        OSError: one of the two cannot be written to.
    """

    def __init__(self, root: Path, state: Path) -> None:
        self._root = root
        self._leaving = contextlib.ExitStack()
        if state.resolve().is_relative_to(root):
            raise Failure(
                f"The directory {root} holds {state}, where the sync keeps what it remembers. "
                "Choose another directory with --directory, or another place with XDG_STATE_HOME."
            )
        self._state = state / _digest(str(root))
        try:
            self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = self._leaving.enter_context((self._state / "lock").open("a+", encoding="utf-8"))
        except OSError as error:
            raise Failure(
                f"{self._state} cannot be written to: {error.strerror}. The sync keeps there what "
                "it remembers; choose another place with XDG_STATE_HOME."
            ) from error
        try:
            self._take(lock)
        except BaseException:
            self._leaving.close()
            raise

    def _take(self, lock: IO[str]) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"Another 'kubectl open notebook --sync' has the directory {self._root}. "
                "End it first, or choose another directory with --directory."
            ) from None
        self._open()
        lock.seek(0)
        self._clear_away(lock.read())  # of one that was killed
        lock.truncate(0)
        lock.write(self._name)
        lock.flush()

    def _open(self) -> None:
        self.inside = Inside(self._root)
        self._name = f"{OWN}-{secrets.token_hex(8)}"
        self.mark = self._make_mark()
        os.mkdir(self._name, 0o700, dir_fd=self.inside.descriptor)
        self.staging = os.open(
            self._name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=self.inside.descriptor
        )

    def file(self, notebook: str) -> Path:
        """Return where what the directory has in common with this notebook's is kept."""
        return self._state / f"{_digest(notebook)}.json"

    def is_gone(self) -> bool:
        """Return whether the directory that was opened is no longer the one of its name."""
        return (
            not self.inside.is_at(self._root)
            or self._found_mark() != self.mark
            or self._found_staging() is None
        )

    def open_again(self) -> None:
        """Take the directory that is there now.

        Raises:
            OSError: it cannot be written to.
        """
        self._close()
        self._open()

    def close(self) -> None:
        """Let others sync the directory."""
        self._clear_away(self._name)
        self._close()
        self._leaving.close()

    def _close(self) -> None:
        os.close(self.staging)
        self.inside.close()

    def _clear_away(self, name: str) -> None:
        if _STAGING.fullmatch(name):
            shutil.rmtree(name, ignore_errors=True, dir_fd=self.inside.descriptor)

    def _found_staging(self) -> str | None:
        """Return the name of the directory of files on their way, if it is still there."""
        try:
            found = os.stat(self._name, dir_fd=self.inside.descriptor, follow_symlinks=False)
        except OSError:
            return None
        return self._name if os.path.samestat(found, os.fstat(self.staging)) else None

    def _make_mark(self) -> str:
        with contextlib.suppress(FileExistsError):
            os.mkdir(OWN, 0o700, dir_fd=self.inside.descriptor)
        mark = self._found_mark()
        if mark is None:
            raise Failure(
                f"{self._root / OWN} is not a directory of the sync's own, but a link or a file. "
                f"Nothing was changed. Look where it comes from, and remove it: rm {OWN}"
            )
        return mark

    def _found_mark(self) -> str | None:
        try:
            found = os.stat(OWN, dir_fd=self.inside.descriptor, follow_symlinks=False)
        except OSError:
            return None
        return f"{found.st_ino}-{found.st_mtime_ns}" if stat.S_ISDIR(found.st_mode) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]
