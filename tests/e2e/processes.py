"""Programs that a test starts, kills and starts again, each with its output in a file."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOGS = ROOT / "build" / "e2e" / "logs"
PATIENCE = 10
"""Seconds that a program has to end when it is asked to."""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Say whether somebody listens on this port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A process with its children, which go with it."""

    def __init__(
        self, name: str, command: list[str], *, logs: Path = LOGS, **environment: str
    ) -> None:
        self.name = name
        self.log = logs / name
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def group(self) -> int:
        """The number of the process group that it and its children are."""
        assert self._process is not None, f"{self.name} is not running"
        return self._process.pid

    def kill(self) -> None:
        """End the process and its children at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to end, and see that it does."""
        self._end(signal.SIGTERM)

    def child(self) -> int:
        """Return the process that the program started first, and is waiting for."""
        assert self._process is not None
        process = self._process.pid
        return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])

    def check(self) -> None:
        """Fail with the last lines of its log if the process ended by itself."""
        if self._process is None or self._process.poll() is None:
            return
        lines = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        code = self._process.returncode
        raise AssertionError(f"{self.name} ended with exit code {code}; {self.log} ends:\n{lines}")

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=PATIENCE)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _signal(self, number: int) -> None:
        # The group outlives its first process for as long as a child of it lives.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def wait_until(answers: Callable[[], object], program: Program, *, seconds: float = 30) -> None:
    """Wait until a program answers; fail with its last words if it ends or takes too long."""
    until = time.monotonic() + seconds
    while not answers():
        program.check()
        if time.monotonic() > until:
            raise AssertionError(
                f"{program.name} does not answer after {seconds} s; see {program.log}"
            )
        time.sleep(0.05)
