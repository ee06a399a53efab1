"""The whole command, run as a person would, against the `kubectl` that stands for the real one."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(sys.executable).parent
FAKE = Path(__file__).parent / "kubectl.py"
TOKEN = "0123abcd" * 6
NOTEBOOKS = "notebooks.substratus.ai"


def notebook(name="nb", *, suspend=False, model="opt"):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": "Notebook",
        "metadata": {"name": name, "namespace": "default", "generation": 1},
        "spec": {"modelName": model, "suspend": suspend},
    }


class Cluster:
    """What stands for a cluster, and for the person's machine with a PATH of its own."""

    def __init__(self, root: Path):
        self.root = root / "cluster"
        self.system_path = "/usr/bin:/bin"
        self.local = root / "work"
        self.home = root / "home"
        self.path = root / "bin"
        for each in (self.root / "src", self.local, self.path, self.home):
            each.mkdir(parents=True)
        (self.root / "token").write_text(TOKEN)
        program = self.path / "kubectl"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {FAKE} "$@"\n')
        program.chmod(0o755)

    def add(self, resource, found):
        file = self.root / "objects" / resource / f"{found['metadata']['name']}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found))

    def get(self, name="nb"):
        return json.loads((self.root / "objects" / NOTEBOOKS / f"{name}.json").read_text())

    def remove(self, name="nb"):
        (self.root / "objects" / NOTEBOOKS / f"{name}.json").unlink()

    def phases(self, *reasons, ready=False):
        phases = [
            {"reason": reason, "message": message, "ready": ready} for reason, message in reasons
        ]
        (self.root / "phases.json").write_text(json.dumps(phases))

    def refuse(self, start, text):
        (self.root / "refusals.json").write_text(json.dumps({start: text}))

    @contextlib.contextmanager
    def without_pod(self):
        (self.root / "no-pod").touch()
        yield
        (self.root / "no-pod").unlink()

    def browser(self, script):
        """Have a browser that runs a script with the address as `$1`."""
        program = self.path / "browser"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def calls(self, verb):
        lines = (self.root / "calls").read_text().splitlines()
        return [each for each in map(json.loads, lines) if each["arguments"][0] == verb]

    def kill(self, verb):
        """Kill the newest call of a verb, as a broken connection would end it."""
        pid = self.calls(verb)[-1]["pid"]
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def environment(self):
        return {
            "FAKE_KUBECTL": str(self.root),
            "PATH": f"{self.path}:{self.system_path}",
            "HOME": str(self.home),
            "BROWSER": f"{self.path / 'browser'} %s",
        }


class Opened:
    """The command while it runs."""

    def __init__(self, cluster, *arguments):
        directory = Path(tempfile.mkdtemp(dir=cluster.home))
        self._files = [directory / name for name in ("printed", "said")]
        self.said = ""
        self.printed = ""
        with self._files[0].open("w") as printed, self._files[1].open("w") as said:
            self.process = subprocess.Popen(
                [BIN / "kubectl-open-notebook", *arguments],
                cwd=cluster.local,
                env=cluster.environment(),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=said,
                start_new_session=True,
            )

    def read(self):
        self.printed, self.said = (file.read_text() for file in self._files)

    def wait_for(self, what, *, seconds=20):
        """Wait until it has said something that a pattern finds, or a check is true."""
        until = time.monotonic() + seconds
        while True:
            self.read()
            found = what() if callable(what) else re.search(what, self.said + self.printed)
            if found:
                return found
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{what} did not come; it said:\n{self.said}{self.printed}")
            time.sleep(0.05)

    def ctrl_c(self):
        self.process.send_signal(signal.SIGINT)

    def end(self, *, seconds=30):
        """Return its exit code, once it ends by itself."""
        code = self.process.wait(timeout=seconds)
        self.read()
        return code

    def leave(self):
        self.ctrl_c()
        return self.end()

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
