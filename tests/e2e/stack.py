"""What is under test: the hook server under gunicorn, Metacontroller, and a recorder between."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
from cluster import Cluster
from processes import LOGS, Program, free_port, listens, wait_until
from recorder import Recorder

BIN = Path(sys.executable).parent
PATIENCE = 30
"""Seconds that a program of the stack has to answer, once it is started."""


class HookServer(Program):
    """The hooks under gunicorn, always on the same port; without `settings` with the defaults.

    `source` is a directory with another version of the package `hooks`, `variables` what else the
    server finds in its environment.
    """

    def __init__(
        self,
        settings: Path | None = None,
        *,
        logs: Path = LOGS,
        port: int | None = None,
        source: Path | None = None,
        **variables: str,
    ) -> None:
        self.port = port or free_port()
        gunicorn = [str(BIN / "gunicorn"), "--config", "python:hooks.server.gunicorn"]
        super().__init__(
            "hooks",
            [*gunicorn, "--bind", f"127.0.0.1:{self.port}", "hooks.server.app:create_app()"],
            logs=logs,
            **({"PYTHONPATH": str(source)} if source else {}),
            CONFIG=str(settings or ""),
            **variables,
        )

    def restart(self, settings: str) -> None:
        """Serve with the settings of another file; empty for the defaults."""
        self._environment["CONFIG"] = settings
        self.stop()
        self.start()
        self.wait()

    def wait(self) -> None:
        """Wait until the server takes connections."""
        wait_until(lambda: listens(self.port), self, seconds=PATIENCE)


class Metacontroller(Program):
    """Metacontroller out of cluster, with limits high enough for tests.

    `verbosity` 6 makes its log hold every request and answer.
    """

    def __init__(
        self, program: Path, cluster: Cluster, *, verbosity: int = 0, logs: Path = LOGS
    ) -> None:
        self._health = free_port()
        super().__init__(
            "metacontroller",
            [
                str(program),
                f"--kubeconfig={cluster.metacontroller_kubeconfig()}",
                "--discovery-interval=1s",
                "--metrics-address=0",
                f"--health-probe-bind-address=127.0.0.1:{self._health}",
                "--client-go-qps=500",
                "--client-go-burst=1000",
                "--workers=20",
                *([f"--zap-log-level={verbosity}"] if verbosity else []),
            ],
            logs=logs,
        )

    def wait(self) -> None:
        """Wait until it calls itself ready."""
        wait_until(self._is_ready, self, seconds=PATIENCE)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._health}/readyz").is_success
        except httpx.HTTPError:
            return False


@dataclass(frozen=True)
class Stack:
    """The hooks and Metacontroller, which can be killed and started at will."""

    hooks: HookServer
    recorder: Recorder
    metacontroller: Metacontroller


def controllers(address: str) -> str:
    """Return the project's controllers with their hooks at this address."""
    command = [BIN / "substratus", "controllers", "--hooks", address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
