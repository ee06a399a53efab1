"""What both sides had in common, kept from one sync to the next.

It counts only for the two directories that it was written for: a claim that was made again, or a
clone in the place of another, has nothing in common with the other side, and nothing is deleted.
"""

import json
import os
from pathlib import Path

from kubectl_open_notebook.mirror.listing import Version, is_syncable
from kubectl_open_notebook.mirror.plan import Pair


class State:
    """The common state with one notebook's directory.

    Args:
        file: where it is kept.
        local: the mark of the directory here.
        notebook: the mark of the notebook's.
    """

    def __init__(self, file: Path, *, local: str, notebook: str) -> None:
        self._file = file
        self._marks = [local, notebook]
        self.base = self._load()

    def _load(self) -> dict[str, Pair]:
        """Return what was kept; nothing in common if it cannot be read, which deletes nothing."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            if found["marks"] != self._marks:
                return {}
            return {
                path: Pair(Version(*local), Version(*notebook))
                for path, (local, notebook) in found["files"].items()
                if is_syncable(path)
            }
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return {}

    def begin_again(self, local: str) -> None:
        """Have nothing in common, as the directory here is another one."""
        self._marks[0] = local
        self.base.clear()

    def save(self) -> None:
        """Keep it, in one step.

        Raises:
            OSError: the disk is full, or fails; the state before remains, which deletes nothing
                that was not on both sides.
        """
        files = {path: [_list(pair.local), _list(pair.notebook)] for path, pair in self.items()}
        aside = self._file.with_suffix(".new")
        with aside.open("w", encoding="utf-8") as file:
            json.dump({"marks": self._marks, "files": files}, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._file)

    def items(self) -> list[tuple[str, Pair]]:
        """Return the paths and what both sides had there."""
        return list(self.base.items())


def _list(version: Version) -> list[int | bool]:
    return [version.size, version.mtime, version.executable]
