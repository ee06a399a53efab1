"""`kubectl open notebook`, run as a person would, by the real kubectl."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import binaries

BIN = Path(sys.executable).parent


class Command:
    """The command while it runs, without a browser."""

    def __init__(self, cluster, directory, *arguments, kubeconfig=None):
        self._said = directory / f"said-{time.monotonic_ns()}"
        kubectl = Path(binaries.kubectl()).resolve()
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                ["kubectl", "open", "notebook", *arguments, "--no-open-browser"],
                env={
                    **os.environ,
                    "KUBECONFIG": str(kubeconfig or cluster.kubeconfig),
                    "PATH": f"{BIN}:{kubectl.parent}:{os.environ['PATH']}",
                },
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @property
    def said(self):
        return self._said.read_text()

    def wait_for(self, text, *, seconds=60):
        until = time.monotonic() + seconds
        while text not in self.said:
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{text!r} did not come; it said:\n{self.said}")
            time.sleep(0.1)

    def leave(self):
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def kill(self):
        """End it and what it started, if it runs still."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self, *, seconds=60):
        return self.process.wait(timeout=seconds)

    def failure(self):
        """Return its exit code, and its last line."""
        return self.end(), self.said.splitlines()[-1]

    def wait_for_count(self, text, count, *, seconds=60):
        """Wait until it has said something so many times."""
        until = time.monotonic() + seconds
        while self.said.count(text) < count:
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{text!r} did not come {count} times:\n{self.said}")
            time.sleep(0.1)

    def addresses(self):
        """Return the addresses that it has printed, each with the token."""
        return re.findall(r"http://127\.0\.0\.1:\d+/\?token=\w+", self.said)

    def children(self, word):
        """Return the processes below it whose command has a word, such as `port-forward`."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(place.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                command = place.joinpath("cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue  # it ended meanwhile
            if parent == self.process.pid and word in command:
                found.append(int(place.name))
        return found

    def most_memory(self):
        """Return the largest memory that it has had, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
