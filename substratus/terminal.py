"""What a terminal shows: tables, colours, and how far long work has come."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import click

from hooks.conditions import printable

_NOT_ASCII = re.compile(r"[^\n -~]")
_SLOW = 20
"""Fewer objects than this are done before a person could read how far it is."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines in columns, each as wide as its widest cell; the last one is not padded."""
    every = [[printable(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in every) for at in range(len(head) - 1)]
    return [
        "  ".join([*(row[at].ljust(width) for at, width in enumerate(widths)), row[-1]]).rstrip()
        for row in every
    ]


def printed(text: str) -> str:
    """Return a text whose lines cannot steer a terminal: names and values in it are others'."""
    return "\n".join(printable(line) for line in text.split("\n"))


def counted(number: int, what: str) -> str:
    """Return a number with its noun: `1 object`, `2 objects`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def as_json(value: object) -> str:
    """Return a value as JSON that a person can read, and whose characters are all seen."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _NOT_ASCII.sub(lambda found: _escaped(found[0]), text) + "\n"


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


class Progress(Protocol):
    """How far work has come."""

    def update(self, n_steps: int) -> object:
        """Say that so many more steps are done."""


@contextmanager
def progress(label: str, length: int) -> Iterator[Progress]:
    """Show on standard error how far work has come, if a terminal is there and it takes long."""
    hidden = length < _SLOW or not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden) as bar:
        yield bar
