"""What is left alone: what `.gitignore` files name, as git reads them.

A rule counts from the directory of its file downwards, the nearest file has the last word, and
nothing below an ignored directory comes back. Where the directory lies in a git repository, the
files above it count too, as they do for git; but not if they ignore the directory itself.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.mirror.patterns import RuleError, quick
from kubectl_open_notebook.mirror.reserved import is_reserved

FILE = ".gitignore"


class Ignore:
    """The rules as they are now; made again when they may have changed.

    Args:
        root: the directory that is synced.
    """

    def __init__(self, root: Path) -> None:
        self._rules = cache(_read)
        self._known: dict[str, bool] = {}
        self._root = root
        self._tops = [root, *_above(root, _repository(root))]
        if self._is_named(self._tops[-1], root, is_directory=True):
            self._tops = [root]

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
        if is_reserved(name):
            return True
        if directory and self.ignores(directory, is_directory=True):
            return True
        return self._is_named(self._tops[-1], self._root / path, is_directory=is_directory)

    def _is_named(self, top: Path, path: Path, *, is_directory: bool) -> bool:
        """Return what the nearest file says that says anything, up to `top`."""
        for place in [path.parent, *_above(path.parent, top)] if path != top else []:
            rules = self._rules(place)
            if rules is None:
                continue
            inside = str(PurePosixPath(path.relative_to(place)))
            verdict = rules.check_file(f"{inside}/" if is_directory else inside).include
            if verdict is not None:
                return bool(verdict)
        return False


def _above(path: Path, top: Path) -> Iterator[Path]:
    """Yield the directories above a path up to `top`, from the nearest."""
    while path != top:
        path = path.parent
        yield path


def _repository(root: Path) -> Path:
    """Return the git repository's directory that `root` lies in; `root` itself if in none."""
    return next((each for each in [root, *root.parents] if (each / ".git").exists()), root)


def _read(directory: Path) -> GitIgnoreSpec | None:
    file = directory / FILE
    if not file.is_file() or file.is_symlink():
        return None
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    rules = GitIgnoreSpec.from_lines(text.splitlines())
    try:
        for each in rules.patterns:
            if each.regex is not None:
                each.regex = re.compile(quick(each.regex.pattern))
    except RuleError:
        raise Failure(
            f"A rule of {file} has more stars than can be tried in time. Write it as several rules."
        ) from None
    return rules
