"""The sentences that the hooks may put into a condition, as their code has them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SPEAKING = (
    "conditions.py",
    "observe",
    "patches",
    "platform/sizing.py",
    "steps",
    "sync",
)
"""The modules of `hooks` of which every sentence ends in a condition."""
OF_PAGES = ("hooks/patches/allowed.py",)
"""Modules whose sentences are for a page."""
STORAGES = "platform/storage"
"""Of these only the sentences with a full stop do; the rest describes the settings."""
READ = ("unbound immediate PersistentVolumeClaims",)
"""What is looked for in the words of Kubernetes, and not written."""
_SEVERAL_WORDS = re.compile(r"[a-z]{2,}[^a-z]* [a-z\0(]")
_VALUE = "\0"


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a part of one, with `…` for each value in it."""

    file: str
    text: str

    def is_in(self, message: str) -> bool:
        """Return whether a message has the sentence, whatever the values are."""
        pattern = ".*".join(re.escape(part) for part in self.text.split("…"))
        return re.search(pattern, message, re.DOTALL) is not None

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"


def sentences() -> list[Sentence]:
    """Return all of them; of equal ones in a file the first."""
    found = [
        Sentence(str(path.relative_to(ROOT)), text.replace(_VALUE, "…"))
        for path in _modules()
        if str(path.relative_to(ROOT)) not in OF_PAGES
        for text in _texts(path)
    ]
    return list(dict.fromkeys(found))


def _modules() -> Iterator[Path]:
    for name in (*SPEAKING, STORAGES):
        path = ROOT / "hooks" / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _texts(path: Path) -> Iterator[str]:
    source = path.read_text()
    tree = ast.parse(source)
    left_out = {*_docstrings(tree), *_within_others(tree)}
    for node in ast.walk(tree):
        text = _text(node)
        if text is None or text in READ or node in left_out or not _SEVERAL_WORDS.search(text):
            continue
        is_pattern = (ast.get_source_segment(source, node) or "").startswith(("r'", 'r"'))
        if not is_pattern and (STORAGES not in str(path) or text.endswith(".")):
            yield text


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(each.value) if isinstance(each, ast.Constant) else _VALUE for each in node.values
        )
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield each text that is a statement of its own."""
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))


def _within_others(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of f-strings, and what describes a field of the settings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from (below for below in ast.walk(node) if below is not node)
        if isinstance(node, ast.keyword) and node.arg == "description":
            yield from ast.walk(node)
