"""The documents, taken apart: their blocks of code, and what a console block shows.

A block is marked by what it is for:

- `console`: commands after `$ `, each with its output below; they are run and compared.
  A line `...` stands for any lines.
- `sh`: commands that need a cluster, or another machine; that what they name exists is checked.
- `python`: runs, all of a page in their order.
- any of `bash`, `dockerfile`, `json`, `python` below a line such as "`load.sh`:" is that file.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PAGES = {
    str(page.relative_to(ROOT)): page.read_text()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
ALL = "\n".join(PAGES.values())

_BLOCK = re.compile(
    r"(?:^`(?P<file>\S+)`[^\n]*:\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = "\x1e"


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, its language, its text, and the file that it is."""

    page: str
    language: str
    text: str
    file: str | None

    def __str__(self) -> str:
        return f"{self.page}: {self.text.splitlines()[0]}"


BLOCKS = [
    Block(page, found["language"], found["text"], found["file"])
    for page, text in PAGES.items()
    for found in _BLOCK.finditer(text)
]


@dataclass(frozen=True)
class Shown:
    """A command, and the lines that the document shows below it."""

    command: str
    lines: list[str]


def blocks(language: str) -> list[Block]:
    return [each for each in BLOCKS if each.language == language]


def shown(block: Block) -> list[Shown]:
    """Return the commands of a console block."""
    found: list[Shown] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Shown(line.removeprefix("$ "), []))
        else:
            found[-1].lines.append(line)
    return found


def make_targets() -> dict[str, str]:
    """Return the recipe of each target that `make help` lists, with its variables replaced."""
    text = (ROOT / "Makefile").read_text()
    found = re.findall(r"^([a-z0-9-]+):.*## .*\n((?:\t.*\n)*)", text, re.MULTILINE)
    return {name: recipe.replace("\t@", "").replace("$(BIN)", str(BIN)) for name, recipe in found}


def run(commands: list[str]) -> list[tuple[str, int]]:
    """Return what each command prints, and its exit code; all run in one shell.

    In the place of `make <target>` its recipe runs: what make adds is the environment, in which
    the tests run already.
    """
    targets = make_targets()
    lines = [targets.get(each.removeprefix("make "), each).strip() for each in commands]
    mark = f"code=$?; printf '{_MARK}%s{_MARK}' $code; (exit $code)"
    done = subprocess.run(
        ["bash", "-c", "".join(f"{{ {line}; }} 2>&1\n{mark}\n" for line in lines)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        check=False,
    )
    parts = done.stdout.split(_MARK)
    return [(parts[at], int(parts[at + 1])) for at in range(0, len(parts) - 1, 2)]


def is_shown_by(lines: list[str], printed: str) -> bool:
    """Return whether a document's lines show what was printed; `...` stands for any lines."""
    pieces: list[list[str]] = [[]]
    for line in lines:
        if line == "...":
            pieces.append([])
        else:
            pieces[-1].append(line)
    rest = [line.rstrip() for line in printed.splitlines()]
    first, *middle = pieces
    if rest[: len(first)] != first or not middle:
        return rest == first
    rest, last = rest[len(first) :], middle.pop()
    for piece in middle:
        starts = range(len(rest) - len(piece) + 1)
        at = next((at for at in starts if rest[at : at + len(piece)] == piece), None)
        if at is None:
            return False
        rest = rest[at + len(piece) :]
    return len(rest) >= len(last) and rest[len(rest) - len(last) :] == last


def sh_commands() -> list[tuple[str, list[str]]]:
    """Return each command of the `sh` blocks with its page, in words; a pipe has several."""
    found = []
    for block in blocks("sh"):
        for line in block.text.splitlines():
            for part in line.split(" | "):
                words = [each for each in shlex.split(part, comments=True) if each != "&"]
                if words:
                    found.append((block.page, words))
    return found
