"""Which files of a source are wanted."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from substratus_loader.failures import Code, FailureError
from substratus_loader.remote import RemoteFile


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Say whether a path matches a pattern, as the Hub's client reads them.

    `*` matches across slashes, and a pattern that ends in a slash is a whole directory. No pattern
    at all is every file.
    """
    wanted = [pattern + "*" if pattern.endswith("/") else pattern for pattern in patterns]
    return not wanted or any(fnmatchcase(path, pattern) for pattern in wanted)


def select(
    files: Iterable[RemoteFile], patterns: tuple[str, ...], *, where: str
) -> tuple[RemoteFile, ...]:
    """Return the files that are wanted, by path.

    Raises:
        FailureError: `NOT_FOUND` where there is none.
    """
    everything = sorted(files, key=lambda file: file.path)
    wanted = tuple(file for file in everything if matches(file.path, patterns))
    if not wanted:
        names = ", ".join(file.path for file in everything[:5])
        there = f"has {names}{' and more' if everything[5:] else ''}" if names else "has no files"
        asked = f"No file of {where} matches {', '.join(patterns)}" if patterns else "Nothing is"
        raise FailureError(
            Code.NOT_FOUND,
            f"{asked}: it {there}." if patterns else f"{where} {there}.",
        )
    return wanted
