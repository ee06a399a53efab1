"""What the person sees: lines, and on a terminal one that passes."""

import sys
import threading
import unicodedata
from typing import TextIO

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""What Unicode calls control and format characters, surrogates, and separators of lines."""
_LONGEST = 5000
"""Characters of a line; a condition's message has at most 4,096."""
_COLOURS = {"warning": "33", "good": "32", "faint": "2"}


def plain(text: str) -> str:
    """Return a text as one line that cannot steer a terminal, whoever wrote it."""
    line = "".join(" " if unicodedata.category(each) in _UNSEEN else each for each in text)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


class Terminal:
    """Where lines go; colours and passing lines only where they can be shown.

    Args:
        stream: where progress goes.
        is_plain: whether a person asked for no colours, as `NO_COLOR` does.
    """

    def __init__(self, stream: TextIO, *, is_plain: bool) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_coloured = self._is_terminal and not is_plain
        self._passing = False
        self._lock = threading.Lock()

    def say(self, text: str, style: str = "") -> None:
        """Write a line, without what could steer the terminal: a message may be anybody's."""
        line = plain(text)
        if self._is_coloured and style:
            line = f"\x1b[{_COLOURS[style]}m{line}\x1b[0m"
        self._write(f"{line}\n", passing=False)

    def warn(self, text: str) -> None:
        """Write a line that wants to be seen."""
        self.say(text, "warning")

    def passing(self, text: str) -> None:
        """Show a line until the next comes; nothing where lines cannot be taken back."""
        if self._is_terminal:
            self._write(plain(text), passing=True)

    def result(self, text: str) -> None:
        """Write what a script may want to read."""
        self._write("", passing=False)
        sys.stdout.write(f"{plain(text)}\n")
        sys.stdout.flush()

    def _write(self, text: str, *, passing: bool) -> None:
        with self._lock:
            if self._passing:
                self._stream.write("\r\x1b[K")
            self._passing = passing
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError:
                self._is_terminal = False  # the terminal is gone; what is under way continues
