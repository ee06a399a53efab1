"""The person's own `kubectl`, and what its refusals mean."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import IO

from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.terminal import plain

ASKS_AFTER = 3.0
"""Seconds after which kubectl may be waiting for the person."""
_TERMINATED = re.compile(r"command terminated with exit code (\d+)")


class NotFoundError(Failure):
    """There is no object of this name."""


class AlreadyThereError(Failure):
    """There is an object of this name."""


class UnreachableError(Failure):
    """The API server does not answer; it may in a moment."""


class NotInstalledError(UnreachableError):
    """The API server knows no Notebooks; one that has just started does not know them yet."""


class Kubectl:
    """Runs `kubectl` with the person's own choice of cluster.

    Args:
        flags: flags that every call gets, such as `--context=…`.

    Raises:
        Failure: there is no `kubectl` on the PATH.
    """

    def __init__(self, flags: Sequence[str] = ()) -> None:
        program = shutil.which("kubectl")
        if program is None:
            raise Failure(
                "There is no kubectl on the PATH. Install it as "
                "https://kubernetes.io/docs/tasks/tools/ says; everything here goes through it."
            )
        self._program = program
        self._flags = tuple(flags)
        self._children: set[subprocess.Popen[bytes]] = set()

    def run(self, *arguments: str, content: str | None = None, may_ask: bool = False) -> str:
        """Return what kubectl prints.

        Args:
            arguments: its arguments.
            content: its input.
            may_ask: whether it may ask the person something, such as to log in: they then see
                what it says if it takes long, and it gets their Ctrl-C.

        Raises:
            Failure: it failed; the sentence has the way out.
        """
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as given:
            given.write((content or "").encode())
            given.seek(0)
            process = subprocess.Popen(  # noqa: S603 - the person's own program
                self._command(arguments),
                stdin=None if may_ask else given,
                stdout=subprocess.PIPE,
                stderr=errors,
                process_group=None if may_ask else 0,
            )
            if may_ask:
                threading.Thread(target=_show_late, args=(process, errors), daemon=True).start()
            printed, _ = process.communicate()
            if process.returncode:
                errors.seek(0)
                raise refusal(errors.read().decode(errors="replace"))
        return printed.decode(errors="replace")

    def start(
        self, *arguments: str, output: int | IO[bytes], errors: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start kubectl with a pipe for its input; the person's Ctrl-C does not reach it."""
        process = subprocess.Popen(  # noqa: S603 - the person's own program
            self._command(arguments),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            process_group=0,
        )
        self._children = {each for each in self._children if each.poll() is None} | {process}
        return process

    def end_all(self) -> None:
        """End all that `start` started and that still runs."""
        for each in list(self._children):
            if each.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(each.pid, signal.SIGKILL)

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [self._program, *self._flags, *arguments]


def _show_late(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    """Show what kubectl says once it takes long: it may wait for the person to log in."""
    shown = 0
    time.sleep(ASKS_AFTER)
    while process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            said = os.pread(errors.fileno(), 1 << 16, shown)
            shown += len(said)
            os.write(sys.stderr.fileno(), _shown(said))
        time.sleep(0.2)


def _shown(said: bytes) -> bytes:
    """Return what kubectl says in lines that cannot steer a terminal: some is the server's."""
    lines = said.decode(errors="replace").split("\n")
    return "\n".join(plain(line) for line in lines).encode(errors="replace")


def own_exit_code(code: int, errors: str) -> int | None:
    """Return the exit code of what `kubectl exec` ran; None if kubectl itself failed."""
    if code == 0:
        return 0
    found = _TERMINATED.search(errors)
    return int(found[1]) if found else None


def is_forbidden(errors: str) -> bool:
    """Return whether the API server refuses for want of rights, which no second try changes."""
    return "(Forbidden)" in errors or "is forbidden: User" in errors


_KIND = re.compile(r'(?P<kind>[a-z]+)(\.[a-z.]+)? "(?P<name>[^"]+)" (not found|already exists)')
_MAY_NOT = re.compile(
    r'cannot (?P<verb>\w+) resource "(?P<what>[^"]+)"[^"]*"[^"]*"'
    r'(?: in the namespace "(?P<where>[^"]+)")?'
)


def refusal(errors: str) -> Failure:
    """Return what kubectl's complaint means for the person, with the way out."""
    lines = [line for line in errors.strip().splitlines() if line.strip()]
    said = lines[-1].strip() if lines else "kubectl failed and said nothing."
    text = " ".join(lines)
    for pattern, failure in _REFUSALS:
        found = re.search(pattern, text)
        if found:
            return failure(found, text)
    plainly = re.sub(r"^(error|Error from server( \(\w+\))?): ", "", said)
    return Failure(f"kubectl refuses: {plainly.rstrip('.')}.")


def _not_found(_: re.Match[str], text: str) -> Failure:
    found = _KIND.search(text)
    what = f"{found['kind'].removesuffix('s').capitalize()} {found['name']}" if found else "It"
    return NotFoundError(
        f"{what} is not there. 'kubectl get notebooks' shows those of the namespace; "
        "-n names another, -f FILE or --model NAME makes one."
    )


def _already_there(_: re.Match[str], text: str) -> Failure:
    found = _KIND.search(text)
    what = f"{found['kind'].removesuffix('s').capitalize()} {found['name']}" if found else "It"
    return AlreadyThereError(f"{what} is there already.")


def _forbidden(_: re.Match[str], text: str) -> Failure:
    found = _MAY_NOT.search(text)
    if not found:
        return Failure(f"The cluster forbids it: {text.partition('(Forbidden): ')[2].strip()}.")
    where = f" in namespace {found['where']}" if found["where"] else ""
    return Failure(
        f"You may not {found['verb']} {found['what']}{where}. Ask the cluster's administrator for "
        f"the role 'edit' there, or choose another namespace with -n."
    )


def _invalid(_: re.Match[str], text: str) -> Failure:
    said = re.sub(r"^.*? is invalid: ", "", text)
    reasons = "; ".join(each.strip() for each in said.split("* ") if each.strip())
    return Failure(f"The API server refuses the Notebook: {reasons.rstrip('.')}. Correct the file.")


def _unreachable(_: re.Match[str], text: str) -> Failure:
    said = re.sub(r"^.*?(Unable to connect to the server: |E\d{4} .*\] )", "", text)
    said = text[text.find("The connection to") :] if "The connection to" in text else said
    said = said.partition(" - did you")[0].strip().rstrip(".")
    return UnreachableError(
        f"The cluster cannot be reached: {said}. 'kubectl cluster-info' must work first; "
        "--context and --kubeconfig choose another cluster."
    )


_REFUSALS = (
    (
        r"doesn't have a resource type|no matches for kind|could not find the requested resource",
        lambda *_: NotInstalledError(
            "This cluster has no Notebooks: Substratus is not installed on it. "
            "'kubectl apply -f crds/' installs its kinds; --context chooses another cluster."
        ),
    ),
    (r"\(NotFound\)", _not_found),
    (r"\(AlreadyExists\)", _already_there),
    (r"\(Forbidden\)|is forbidden", _forbidden),
    (r"is invalid: ", _invalid),
    (
        r"\(Unauthorized\)|must be logged in|provide credentials|getting credentials|Username",
        lambda *_: Failure(
            "The cluster does not know you. Log in again as you do for kubectl: "
            "'kubectl auth whoami' must work first."
        ),
    ),
    (
        (
            r'context "?(?P<name>[^" ]+)"? (does not exist|was not found)'
            r"|context was not found .*: (?P<other>\S+)"
        ),
        lambda found, _: Failure(
            f"There is no context {found['name'] or found['other']} in your kubeconfig. "
            "'kubectl config get-contexts' shows those that are there."
        ),
    ),
    (
        r"(stat|open|config file \")\s*(?P<file>[^\s:\"]+).*(no such file|not found)",
        lambda found, _: Failure(
            f"There is no file {found['file']}. Correct --kubeconfig or the variable KUBECONFIG."
        ),
    ),
    (
        (
            r"The connection to|Unable to connect|connection refused|no such host|i/o timeout"
            r"|TLS handshake|EOF|etcdserver|apiserver (is|was)|ServiceUnavailable|connection reset"
        ),
        _unreachable,
    ),
)
