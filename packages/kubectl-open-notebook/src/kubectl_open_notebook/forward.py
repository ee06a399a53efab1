"""A port of this machine that leads to Jupyter, and is back when it breaks."""

import contextlib
import http.client
import socket
import tempfile
import time
from typing import TYPE_CHECKING

from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.kubectl import is_forbidden, refusal
from kubectl_open_notebook.pod import PORT, Pod

if TYPE_CHECKING:
    import subprocess

_RETRY = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Seconds between tries; the last for all that follow."""


class Forward:
    """`kubectl port-forward`, started again whenever it ends or leads nowhere.

    Args:
        pod: where it leads.
        port: the port that the person asked for; None for 8888, or a free one if that is taken.

    Raises:
        Failure: the port that was asked for is taken.
    """

    def __init__(self, pod: Pod, port: int | None) -> None:
        self._pod = pod
        self.port = choose(port)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._process: subprocess.Popen[bytes] | None = None
        self._tries = 0
        self._next = 0.0

    def leads_somewhere(self) -> bool:
        """Return whether Jupyter answers through it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def is_running(self) -> bool:
        """Return whether kubectl runs; that it leads anywhere is another question."""
        return self._process is not None and self._process.poll() is None

    def keep_up(self) -> None:
        """Start it if it does not run and its time has come.

        Raises:
            Failure: the person may not forward ports.
        """
        if self.is_running() or time.monotonic() < self._next:
            return
        if self._process is not None:
            said = self._said()
            if is_forbidden(said):
                raise refusal(said)
        self._log.seek(0)
        self._log.truncate()
        self._process = self._pod.forward(self.port, log=self._log)
        self._next = time.monotonic() + _RETRY[min(self._tries, len(_RETRY) - 1)]
        self._tries += 1

    def settle(self) -> None:
        """Say that it works: the next break is back at once."""
        self._tries = 0

    def drop(self) -> None:
        """End kubectl, so that `keep_up` starts it again."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._next = 0.0

    def why(self) -> str:
        """Return what kubectl said last."""
        lines = self._said().strip().splitlines()
        return lines[-1] if lines else "it does not answer"

    def close(self) -> None:
        """End it."""
        self.drop()
        self._log.close()

    def _said(self) -> str:
        with contextlib.suppress(ValueError):
            self._log.seek(0)
            return self._log.read(1 << 16).decode(errors="replace")
        return ""


def choose(port: int | None) -> int:
    """Return a port of the loopback that is free: the one asked for, else 8888, else any.

    Raises:
        Failure: the one that was asked for is taken.
    """
    if port is not None and not _is_free(port):
        raise Failure(
            f"Port {port} of this machine is taken. Leave --port out to get a free one, or name "
            "another."
        )
    wanted = port or PORT
    if _is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
