"""A sync between two directories of this machine: the scripts of the Pod run in a shell here."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from kubectl_open_notebook.mirror.local import LocalDirectory
from kubectl_open_notebook.mirror.remote import RemoteDirectory
from kubectl_open_notebook.mirror.reserved import is_reserved
from kubectl_open_notebook.mirror.rounds import Mirror
from kubectl_open_notebook.shell import Agent


class HereShell:
    """Runs the scripts with `sh`, where `kubectl exec` would run them in the Pod.

    `before` is called with a script before it starts: what somebody does meanwhile.
    """

    def __init__(self):
        self.before = lambda _script: None
        self.environment = {}

    def start(self, script, *arguments, errors):
        self.before(script)
        return subprocess.Popen(
            ["sh", "-c", script, "sh", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **self.environment},
        )

    def exit_code(self, code, _errors):
        return code if code >= 0 else None


class Sides:
    """Both directories, and the sync between them."""

    def __init__(self, root: Path, *, opens=True):
        self.local, self.notebook = root / "local", root / "notebook"
        self.state = root / "state"
        self.local.mkdir(parents=True)
        self.notebook.mkdir()
        self.shell = HereShell()
        self._leaving = contextlib.ExitStack()
        if opens:
            self.open()

    def open(self):
        self.directory = LocalDirectory(self.local, self.state)
        self._leaving.callback(self.directory.close)
        agent = Agent(self.shell, str(self.notebook), "ada@here", "s1")
        self._leaving.callback(agent.close)
        remote = RemoteDirectory(self.shell, agent, str(self.notebook))
        self.mirror = Mirror(self.directory, remote, notebook="default/nb", now=time.time_ns)

    def close(self):
        self._leaving.close()
        self._leaving = contextlib.ExitStack()

    def reopen(self):
        """End the sync, and begin another, as on the next day."""
        self.close()
        self.open()

    def sync(self):
        """Sync until nothing moves; return all outcomes."""
        outcomes = []
        for _ in range(10):
            outcomes.append(self.mirror.round(everything=True))
            if not outcomes[-1].moved and not outcomes[-1].late:
                return outcomes
        raise AssertionError(f"it does not come to rest: {outcomes[-1]}")

    def write(self, side, path, content="", *, age=0):
        """Write a file, as of `age` seconds ago."""
        target = getattr(self, side) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            shutil.rmtree(target)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        then = time.time_ns() - age * 1_000_000_000
        os.utime(target, ns=(then, then))


def content(root: Path) -> dict:
    """Return the files of a directory that are synced, with their content."""
    return {
        str(path.relative_to(root)): path.read_text(errors="replace")
        for path in sorted(root.rglob("*"))
        if path.is_file() and not any(map(is_reserved, path.relative_to(root).parts))
    }
