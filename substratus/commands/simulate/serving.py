"""The real server, for a simulation that calls it over HTTP."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx

_PATIENCE = 30
"""Seconds that the server may take to answer for the first time."""


@contextmanager
def server(settings: str | None, *, quiet: bool = False) -> Iterator[str]:
    """Serve the hooks with gunicorn on a free port of the loopback; yield the address.

    Args:
        settings: the file with the settings; the defaults where it is None.
        quiet: whether even its errors are not logged.
    """
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:hooks.server.gunicorn"),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "warning", "hooks.server.app:create_app()"),
    ]
    environment = {
        "PATH": "/usr/bin:/bin",
        "CONFIG": settings or "",
        "LOG_LEVEL": "critical" if quiet else "warning",
    }
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own words
        try:
            yield _answering(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _answering(address: str, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return address  # whatever it answered: a worker takes requests
    raise click.ClickException("The hook server did not start; what it printed says why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
