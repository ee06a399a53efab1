"""What both sides had in common, kept in the local directory from one sync to the next.

It is kept for each mark that a notebook's directory has, so that a claim that was made anew, and
is empty, has nothing in common with what is here, and nothing is deleted.
"""

import json
import os
import re
from pathlib import Path

from kubectl_open_notebook.mirror.listing import Version, is_syncable
from kubectl_open_notebook.mirror.plan import Pair


class State:
    """The common state with one notebook's directory.

    Args:
        directory: where it is kept.
        mark: whose it is.
    """

    def __init__(self, directory: Path, mark: str) -> None:
        self._directory = directory
        self._file = directory / f"{re.sub('[^0-9a-f]', '', mark)[:64]}.json"
        self.base = self._load()

    def _load(self) -> dict[str, Pair]:
        """Return what was kept; nothing in common if it cannot be read, which deletes nothing."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                path: Pair(Version(*local), Version(*notebook))
                for path, (local, notebook) in found.items()
                if is_syncable(path)
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def save(self) -> None:
        """Keep it, in one step.

        Raises:
            OSError: the disk is full, or fails; the state before stands, which deletes nothing
                that was not on both sides.
        """
        content = {path: [_list(pair.local), _list(pair.notebook)] for path, pair in self.items()}
        aside = self._directory / f"{self._file.name}.new"
        with aside.open("w", encoding="utf-8") as file:
            json.dump(content, file, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._file)

    def items(self) -> list[tuple[str, Pair]]:
        """Return the paths and what both sides had there."""
        return list(self.base.items())


def _list(version: Version) -> list[int | bool]:
    return [version.size, version.mtime, version.executable]
