"""What is left alone: what the `.gitignore` files of the local directory name, as git reads them.

A rule counts from the directory of its file downwards, the nearest file has the last word, and
nothing below an ignored directory comes back.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pathspec import GitIgnoreSpec

from hooks.plugin.mirror.listing import NEVER_SYNCED, above

FILE = ".gitignore"


class Ignore:
    """The rules as they stand now; made anew when they may have changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, bool] = {}
        self._rules = cache(self._read)

    def ignores(self, path: str, *, is_directory: bool = False) -> bool:
        """Return whether a path is left alone, by itself or by a directory above it."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._decide(path, is_directory=is_directory)
        return found

    def kept(self, paths: Iterable[str]) -> list[str]:
        """Return the paths of files that are not left alone."""
        return [path for path in paths if not self.ignores(path)]

    def _decide(self, path: str, *, is_directory: bool) -> bool:
        directory, _, name = path.rpartition("/")
        if name in NEVER_SYNCED:
            return True
        if directory and self.ignores(directory, is_directory=True):
            return True
        for place in (*above(path), ""):
            rules = self._rules(place)
            if rules is None:
                continue
            inside = path.removeprefix(f"{place}/") if place else path
            verdict = rules.check_file(f"{inside}/" if is_directory else inside).include
            if verdict is not None:
                return bool(verdict)
        return False

    def _read(self, directory: str) -> GitIgnoreSpec | None:
        file = self._root / directory / FILE
        if not file.is_file() or file.is_symlink():
            return None
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
        return GitIgnoreSpec.from_lines(text.splitlines())
