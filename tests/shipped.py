"""The hook server as the image runs it: the Dockerfile's command, and nothing set beside it."""

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 60
"""Seconds that the server has to start, or to end."""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(port: int) -> list[str]:
    """Return the image's command, on a port of the loopback, in this Python."""
    found = re.search(r"^ENTRYPOINT (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert found, "the Dockerfile has no ENTRYPOINT"
    program, *arguments = json.loads(found[1])
    given = [each.replace("0.0.0.0:8080", f"127.0.0.1:{port}") for each in arguments]
    return [sys.executable, "-m", program, *given]


def environment(**more: str) -> dict[str, str]:
    """Return what the server finds in its environment: nothing of the tests' own."""
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **more}


def ended(**more: str) -> subprocess.CompletedProcess[str]:
    """Start a server that ends by itself; return what it printed, and its exit code."""
    return subprocess.run(
        command(free_port()),
        env=environment(**more),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Server:
    """A server that runs."""

    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port = port
        self.process = process

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Ask over a connection of its own; return the status and the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def metrics(self) -> str:
        """Return what Prometheus would read."""
        return self.ask("GET", "/metrics")[1].decode()

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False


@contextmanager
def shipped(**more: str) -> Iterator[Server]:
    """Run the server with these variables; yield it as soon as it is ready."""
    port = free_port()
    process = subprocess.Popen(command(port), env=environment(**more), cwd="/", text=True)
    server = Server(port, process)
    try:
        until = time.monotonic() + PATIENCE
        while not server._answers():  # noqa: SLF001 - of this module
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)
