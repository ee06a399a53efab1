"""Scripts that run in the Pod, whichever way leads there."""

import contextlib
import os
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO, Protocol

from kubectl_open_notebook.failure import AnswerError, ConnectionLostError, Failure
from kubectl_open_notebook.scripts import text

STALL = 120
"""Seconds without a byte after which a connection counts as lost."""
LINE = 1 << 16
"""Bytes of an answer's line."""
LISTING = 1 << 26
"""Bytes of a listing; a path of 100 characters is one of half a million in it."""
ERRORS = 1 << 20
"""Bytes that a script may complain in."""
_SAID = 500
"""Characters of a complaint that are shown."""
_KILLED = (137, 143)
_NOT_THERE = (126, 127)


class Shell(Protocol):
    """A way to run a script in the Pod."""

    def start(self, script: str, *arguments: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a script with pipes for its input and output."""
        ...

    def exit_code(self, code: int, errors: str) -> int | None:
        """Return the script's own exit code; None if the connection broke."""
        ...


def _lacks(programs: str) -> Failure:
    return Failure(
        f"The notebook's image lacks what the sync needs: {programs}. It needs sh, tar, GNU find "
        "and coreutils, as any Debian-like image has. Add them to the image's Dockerfile, or open "
        "it without --sync."
    )


class ScriptError(Exception):
    """A script failed in the Pod; the message is what it said last."""


class Run:
    """A script that runs in the Pod, ended when nothing moves for too long.

    Args:
        shell: the way into the Pod.
        name: the script's name.
        arguments: its arguments.
        most: how many bytes it may write, within 64 KiB.

    Raises:
        ConnectionLostError: the connection broke.
        ScriptError: the script failed.
    """

    def __init__(self, shell: Shell, name: str, *arguments: str, most: int = 0) -> None:
        self._shell = shell
        self._name = name
        self._left = most + LINE
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._moved = time.monotonic()
        self._over = threading.Event()
        self.process = shell.start(text(name), *arguments, errors=self._errors)
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def input(self) -> IO[bytes]:
        """Where the script reads."""
        assert self.process.stdin is not None  # noqa: S101 - started with a pipe
        return self.process.stdin

    @property
    def output(self) -> int:
        """The descriptor of what the script writes."""
        assert self.process.stdout is not None  # noqa: S101 - the same
        return self.process.stdout.fileno()

    def read(self, size: int) -> bytes:
        """Return some of what the script writes, as it comes; nothing at its end.

        Raises:
            AnswerError: it writes more than it can have to.
        """
        content = os.read(self.output, size)
        self.moved()
        self._left -= len(content)
        if self._left < 0:
            raise AnswerError(f"'{self._name}' writes more than it was asked for")
        return content

    def allow(self, more: int) -> None:
        """Let the script write so many bytes more."""
        self._left += more

    def read_all(self) -> bytes:
        """Return all that the script writes from now on; see `read`."""
        return b"".join(iter(lambda: self.read(LINE), b""))

    def moved(self) -> None:
        """Say that bytes went over the connection."""
        self._moved = time.monotonic()

    def feed(self, content: bytes) -> None:
        """Write all of the script's input while its output is read."""

        def write() -> None:
            with contextlib.suppress(OSError, ValueError):
                self.input.write(content)
                self.input.close()

        threading.Thread(target=write, daemon=True).start()

    def end(self) -> None:
        """Wait until the script ends, and raise if it failed."""
        with contextlib.suppress(OSError, ValueError):
            self.input.close()
        code = self.process.wait()
        self._over.set()
        errors = self._complaints()
        self.close()
        own = self._shell.exit_code(code, "\n".join(errors))
        if own is None or own in _KILLED:
            raise ConnectionLostError(errors[-1] if errors else "it was cut off")
        if own in _NOT_THERE:
            raise _lacks(errors[0] if errors else self._name)
        if own:
            raise ScriptError(errors[0] if errors else f"exit code {own}")

    def close(self) -> None:
        """End the script now."""
        self._over.set()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for each in (self.process.stdin, self.process.stdout, self._errors):
            with contextlib.suppress(OSError, ValueError):
                if each is not None:
                    each.close()

    def _watch(self) -> None:
        while not self._over.wait(1):
            is_stalled = time.monotonic() - self._moved > STALL
            if is_stalled or self._complains_too_much():
                self.process.kill()
                return

    def _complains_too_much(self) -> bool:
        with contextlib.suppress(OSError, ValueError):  # it was closed just now
            return os.fstat(self._errors.fileno()).st_size > ERRORS
        return False

    def _complaints(self) -> list[str]:
        self._errors.seek(0)
        errors = self._errors.read(ERRORS).decode(errors="replace").strip()
        return [line[:_SAID] for line in errors.splitlines()]


@contextlib.contextmanager
def running(shell: Shell, name: str, *arguments: str, most: int) -> Iterator[Run]:
    """Run a script; what is wrong with it is raised instead of what that caused here.

    Args:
        shell: the way into the Pod.
        name: the script's name.
        arguments: its arguments.
        most: how many bytes it may write.
    """
    run = Run(shell, name, *arguments, most=most)
    try:
        yield run
    except BrokenPipeError:
        run.end()
        raise ConnectionLostError("it was cut off") from None
    finally:
        run.close()


class Agent:
    """The script that answers for as long as the notebook is open: `scripts/agent.sh`.

    Args:
        shell: the way into the Pod.
        directory: the directory in the Pod.
        who: who has it open.
        session: a name of this opening, which it keeps when the connection is made again.
        patience: seconds to wait for an answer.

    Raises:
        ConnectionLostError: the connection broke, here or at any question.
    """

    def __init__(
        self, shell: Shell, directory: str, who: str, session: str, *, patience: float = 60
    ) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._read = b""
        self._run = Run(shell, "agent", directory, who, session)
        try:
            self._greeting()
        except BaseException:
            self.close()
            raise

    def _greeting(self) -> None:
        word, _, rest = self._line().partition(" ")
        if word == "error":
            raise ScriptError(rest)

    def ask(self, question: str) -> tuple[str, bytes]:
        """Return the answer's line after its first word, and what follows it.

        Raises:
            ScriptError: the answer is that it cannot.
            Failure: the image lacks programs.
        """
        with self._lock:
            try:
                self._run.input.write(f"{question}\n".encode())
                self._run.input.flush()
            except (OSError, ValueError):
                self._lost()
            word, _, rest = self._line().partition(" ")
            if word == "error":
                raise ScriptError(rest)
            if word == "lacks":
                raise _lacks(rest)
            if word == "list":
                size, _, rest = rest.partition(" ")
                if not size.isdecimal() or len(size) > len(str(LISTING)) or int(size) > LISTING:
                    raise AnswerError(f"a listing has not 0 to {LISTING >> 20} MiB")
                return rest, self._exactly(int(size))
            return rest, b""

    def close(self) -> None:
        """End the script; it gets a moment to clear away what it left in the Pod."""
        with contextlib.suppress(OSError, ValueError):
            self._run.input.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._run.process.wait(1)
        self._run.close()

    def _line(self) -> str:
        while b"\n" not in self._read:
            if len(self._read) > LINE:
                raise AnswerError(f"a line is longer than {LINE >> 10} KiB")
            self._more()
        line, _, self._read = self._read.partition(b"\n")
        return line.decode(errors="replace")

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        content, self._read = self._read[:size], self._read[size:]
        return content

    def _more(self) -> None:
        try:
            ready, _, _ = select.select([self._run.output], [], [], self._patience)
            got = os.read(self._run.output, LINE) if ready else b""
        except (OSError, ValueError):  # closed from another thread
            got = b""
        if not got:
            self._lost()
        self._run.moved()
        self._read += got

    def _lost(self) -> None:
        self._run.process.kill()
        self._run.end()
        raise ConnectionLostError("the script in the Pod ended")
