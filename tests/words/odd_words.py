"""Words that readers stumble over, with the word to use, and where they are kept out."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "contributing.md"
CLEAN = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "config",
    "crds",
    "docs",
    "examples",
    "hooks",
    "images",
    "metacontroller",
    "packages",
    "pyproject.toml",
    "substratus",
    "tests",
    "tools",
)
"""Directories and files of the repository that have none; what is cleaned is added here."""
EXEMPT = (
    "docs/contributing.md",
    "tests/words",
)
"""What is not cleaned yet below those, and the lists of the words themselves."""
SUFFIXES = {".md", ".py", ".yaml", ".toml", ".txt", ".sh", ""}
FIXTURES = "fixtures"
"""What others wrote is left as they wrote it."""


@dataclass(frozen=True)
class OddWord:
    """A word, as a regular expression within one line, and what to write in its place.

    A word ends where a letter does, so that it is found in a test's name too.
    """

    pattern: str
    instead: str

    def is_in(self, line: str) -> bool:
        """Return whether a line has the word."""
        word = rf"(?<![A-Za-z])(?:{self.pattern})(?![A-Za-z])"
        return re.search(word, line, re.IGNORECASE) is not None


ODD_WORDS = (
    OddWord("mend(s|ed|ing)?", "fix; of what fixes itself: recover"),
    OddWord("anew", "again"),
    OddWord("for[ _]ever", "forever"),
    OddWord("in[ _]one[ _]go", "at once"),
    OddWord("told|tells?|telling", "says or reports; of a person: reads, learns, knows"),
    OddWord(
        "(stands?|stood)(?![ _](in[ _])?for|[ _]?by)",
        "exists, remains, applies; of a place: is",
    ),
    OddWord("(go(es)?|going)[ _]on", "continue"),
    OddWord("gets?[ _]on", "make progress"),
    OddWord("(?<!there )(?<!there_)is[ _]no(?![ _](longer|more))", "is not a"),
)
"""The one list; the glossary says why."""


def places(directories: tuple[str, ...] = CLEAN) -> list[tuple[str, OddWord]]:
    """Return where odd words are: file and line, with the line's text."""
    return [
        (f"{path.relative_to(ROOT)}:{number}: {line.strip()}", word)
        for path in _files(directories)
        for number, line in enumerate(_text(path).splitlines(), start=1)
        for word in ODD_WORDS
        if word.is_in(line)
    ]


def _text(path: Path) -> str:
    """Return what a file says, without the glossary's column of odd words."""
    text = path.read_text()
    return re.sub(r"\|[^|\n]*\|$", "|", text, flags=re.MULTILINE) if path == GLOSSARY else text


def _files(directories: tuple[str, ...]) -> list[Path]:
    below = [
        path
        for each in directories
        for path in ([ROOT / each] if (ROOT / each).is_file() else sorted((ROOT / each).rglob("*")))
    ]
    return [path for path in below if path.is_file() and _counts(path)]


def _counts(path: Path) -> bool:
    within = path.relative_to(ROOT)
    return (
        path.suffix in SUFFIXES
        and FIXTURES not in within.parts
        and "__pycache__" not in within.parts
        and not any(within.is_relative_to(each) for each in EXEMPT)
    )
