"""The person's browser, which gets the address without others on this machine reading it.

What a program is started with can be read by everybody, so the browser is started with a file that
only the person can read. The file leads on to the address; Jupyter itself does the same.
"""

import contextlib
import html
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

_OLD = 3600
"""Seconds after which no browser still has to read a file."""
_PAGE = """\
<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url={address}">
<title>Opening the notebook</title>
</head>
<body>
<p>If nothing happens, <a href="{address}">open the notebook</a>.</p>
</body>
</html>
"""


class Browser:
    """The browser.

    Args:
        place: the directory of the files that lead to addresses; made if it is missing.
        browse: opens an address in it; false if there is none.
    """

    def __init__(self, place: Path, browse: Callable[[str], bool]) -> None:
        self._place = place
        self._browse = browse
        self._file: Path | None = None

    def open(self, address: str) -> bool:
        """Open an address; return whether there is a browser that does."""
        self.close()
        file = self._place / f"open-{secrets.token_hex(8)}.html"
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._clear_away()
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as page:
                page.write(_PAGE.format(address=html.escape(address)))
        except OSError:
            return False
        self._file = file
        return self._browse(file.as_uri())

    def _clear_away(self) -> None:
        """Remove the files of calls that were killed."""
        for each in self._place.glob("open-*.html"):
            if time.time() - each.lstat().st_mtime > _OLD:
                each.unlink()

    def close(self) -> None:
        """Remove the file, which the browser has read by now."""
        if self._file:
            with contextlib.suppress(OSError):
                self._file.unlink()
