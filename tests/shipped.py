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

    def __init__(self, port: int, probes: int, process: subprocess.Popen[str]) -> None:
        self.port = port
        self.probes = probes
        self.process = process

    def ask(
        self, method: str, path: str, body: bytes = b"", *, port: int = 0, seconds: float = PATIENCE
    ) -> tuple[int, bytes]:
        """Ask over a connection of its own; return the status and the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=seconds)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def probe(self, path: str) -> tuple[int, bytes]:
        """Ask as the kubelet does, which gives up after a second."""
        return self.ask("GET", path, port=self.probes, seconds=1)

    def memory(self) -> dict[str, int]:
        """Return the bytes of each process that are in memory: the first, workers, and probes."""
        return self._memory("VmRSS")

    def most_memory(self) -> dict[str, int]:
        """Return the most bytes of each process that were in memory at a time."""
        return self._memory("VmHWM")

    def _memory(self, measure: str) -> dict[str, int]:
        root = self.process.pid
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
        return {
            f"{_name(pid, root)} {pid}": size
            for pid in (root, *map(int, children))
            if (size := _bytes(pid, measure))
        }

    def metrics(self) -> str:
        """Return what Prometheus would read."""
        return self.ask("GET", "/metrics", port=self.probes)[1].decode()

    def _answers(self) -> bool:
        try:
            return self.probe("/readyz")[0] == 200
        except OSError:
            return False


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _name(pid: int, root: int) -> str:
    if pid == root:
        return "arbiter"
    return "probes" if b"hooks.server.probes" in _words(pid) else "worker"


def _bytes(pid: int, measure: str) -> int:
    """Return a measure of a process's memory, 0 if it has ended."""
    try:
        found = re.search(rf"{measure}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


@contextmanager
def shipped(**more: str) -> Iterator[Server]:
    """Run the server with these variables; yield it as soon as it is ready."""
    port, probes = free_port(), free_port()
    variables = environment(**{"PROBES_BIND": f"127.0.0.1:{probes}", **more})
    process = subprocess.Popen(command(port), env=variables, cwd="/", text=True)
    server = Server(port, probes, process)
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
