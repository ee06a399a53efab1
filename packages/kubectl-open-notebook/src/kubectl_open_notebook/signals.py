"""The person's Ctrl-C: the first leaves in good order, the second at once."""

import os
import signal
import threading

from kubectl_open_notebook.kubectl import Kubectl

_AT_ONCE = b"""
Left at once: there was no last sync, and the Notebook still runs. Nothing here was lost.
"""


def heed(leaving: threading.Event, kubectl: Kubectl, code: int) -> None:
    """Set `leaving` at the first signal; at the second end with this exit code."""

    def handle(_number: int, _frame: object) -> None:
        if not leaving.is_set():
            leaving.set()
            return
        kubectl.end_all()
        os.write(2, _AT_ONCE)
        os._exit(code)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)
