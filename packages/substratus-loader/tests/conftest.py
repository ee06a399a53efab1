import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from substratus_loader.main import main
from substratus_loader.testing import FakeHub, FileServer


@dataclass(frozen=True)
class Ended:
    """How a loader ended."""

    code: int
    message: str
    log: str

    @property
    def report(self):
        return json.loads(self.message)


class Loader:
    """The program, as the Job starts it, in a process of its own."""

    def __init__(self, directory):
        self.destination = directory / "destination"
        self.message = directory / "termination-log"
        self.environment = {
            "HOME": str(directory),
            "PATH": os.environ["PATH"],
            "TERMINATION_LOG_PATH": str(self.message),
        }

    def arguments(self, url, *flags):
        given = ["--longest-wait-seconds=0.05", "--stall-seconds=2", *flags]
        kind = [] if any(flag.startswith("--kind") for flag in flags) else ["--kind=model"]
        return [
            *(sys.executable, "-m", "substratus_loader"),
            *kind,
            *given,
            "--",
            url,
            str(self.destination),
        ]

    def start(self, url, *flags, **environment):
        return subprocess.Popen(
            self.arguments(url, *flags),
            env={**self.environment, **environment},
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, url, *flags, **environment):
        """Run it in this process, which is faster by the time that its imports take."""
        log = io.StringIO()
        with (
            mock.patch.dict(os.environ, {**self.environment, **environment}, clear=True),
            contextlib.redirect_stderr(log),
        ):
            code = main(self.arguments(url, *flags)[3:])
        return Ended(code, self.message.read_text(), log.getvalue())

    def files(self):
        return {
            str(path.relative_to(self.destination)): path.read_bytes()
            for path in sorted(Path(self.destination).rglob("*"))
            if path.is_file() and path.name != "lock"
        }


@pytest.fixture
def loader(tmp_path):
    return Loader(tmp_path)


@pytest.fixture
def hub():
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def server():
    with FileServer() as server:
        yield server


@pytest.fixture
def load(loader, hub):
    """Load from the Hub of the tests, which the settings of the cluster would allow."""

    def load(url, *flags, **environment):
        allow = ("--allow=hf://", f"--allow={hub.url}", f"--allow={hub.cdn_url}")
        return loader.run(url, *allow, *flags, HF_ENDPOINT=hub.url, **environment)

    return load
