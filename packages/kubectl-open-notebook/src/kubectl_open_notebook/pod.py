"""The Notebook's Pod: scripts that run in it, and the token of its Jupyter."""

import re
import subprocess
import tempfile
import threading
from typing import IO

from kubectl_open_notebook.failure import ConnectionLostError, Failure
from kubectl_open_notebook.kubectl import Kubectl, is_forbidden, own_exit_code, refusal
from kubectl_open_notebook.podname import pod_name

PORT = 8888
"""Where Jupyter listens in the Pod."""
SOURCES = "/model/src"
"""The directory of the notebook that is synced; it is on the Notebook's claim."""
TOKEN_FILE = "/run/notebook/token"  # noqa: S105 - the place of a token, not a token
CONTAINER = "notebook"
_TOKEN = re.compile(r"[0-9A-Za-z_-]{16,128}")
"""What a token may look like; the hooks make one of 48 hexadecimal digits."""
_PRINTED = 1 << 10
"""Bytes that are read of what should be a token."""
_SECONDS = 30.0
"""Within which it must come."""
_NO_SUCH_FILE = 1
"""The exit code of `cat` where the file is not there."""


class Pod:
    """The Pod of a Notebook, whichever it is now.

    Args:
        kubectl: the person's kubectl.
        namespace: the Notebook's namespace.
        notebook: the Notebook's name.
    """

    def __init__(self, kubectl: Kubectl, namespace: str, notebook: str) -> None:
        self._kubectl = kubectl
        self._namespace = namespace
        self.name = pod_name(notebook)

    def start(self, script: str, *arguments: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a script in the Pod; see `Shell`."""
        command = ["/bin/sh", "-c", script, "sh", *arguments]
        return self._kubectl.start(
            *self._exec("--stdin"), *command, output=subprocess.PIPE, errors=errors
        )

    def exit_code(self, code: int, errors: str) -> int | None:
        """Return the script's own exit code; see `Shell`.

        Raises:
            Failure: the person may not run anything in the Pod.
        """
        if is_forbidden(errors):
            raise refusal(errors)
        return own_exit_code(code, errors)

    def token(self) -> str:
        """Return the token that Jupyter was started with.

        Raises:
            ConnectionLostError: the Pod cannot be reached now, or it is ending.
            Failure: the person may not run anything in it, or there is no token.
        """
        if self._is_ending():
            raise ConnectionLostError(f"pod {self.name} is being deleted")
        printed, code, errors = self._read_token_file()
        if code == _NO_SUCH_FILE:
            raise Failure(
                f"Pod {self.name} has no token at {TOKEN_FILE}. Delete the Pod, so that it is made "
                f"again: kubectl delete pod {self.name} --namespace={self._namespace}"
            )
        # In a Pod that is ending `cat` is killed, or what it printed does not come.
        if code != 0 or not printed.strip():
            raise ConnectionLostError(errors.strip() or "kubectl exec printed nothing")
        token = printed.decode(errors="replace").strip()
        if not _TOKEN.fullmatch(token):
            raise Failure(
                f"What Pod {self.name} has at {TOKEN_FILE} is not a token: 16 to 128 letters, "
                "digits, '-' and '_'. Look at what its image runs in the place of cat, or delete "
                f"the Pod: kubectl delete pod {self.name} --namespace={self._namespace}"
            )
        return token

    def _read_token_file(self) -> tuple[bytes, int | None, str]:
        """Return what the file holds, or its start; the exit code; and what kubectl says."""
        with tempfile.TemporaryFile() as errors:
            process = self._kubectl.start(
                *self._exec(), "cat", TOKEN_FILE, output=subprocess.PIPE, errors=errors
            )
            ending = threading.Timer(_SECONDS, process.kill)
            ending.start()
            assert process.stdout is not None  # noqa: S101 - started with a pipe
            try:
                printed = process.stdout.read(_PRINTED)
                if len(printed) == _PRINTED:
                    process.kill()  # it is none, and there may be no end to it
                process.wait()
            finally:
                ending.cancel()
                process.stdout.close()
            errors.seek(0)
            said = errors.read(_PRINTED).decode(errors="replace")
        if len(printed) == _PRINTED:
            return printed, 0, said
        return printed, self.exit_code(process.returncode, said), said

    def forward(self, port: int, *, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start to forward a port of this machine's loopback to Jupyter."""
        return self._kubectl.start(
            "port-forward",
            f"--namespace={self._namespace}",
            "--address=127.0.0.1",
            f"pod/{self.name}",
            f"{port}:{PORT}",
            output=log,
            errors=log,
        )

    def _is_ending(self) -> bool:
        """Return whether it is being deleted: one that was just suspended is ready for a while."""
        place = [
            f"--namespace={self._namespace}",
            "--output=jsonpath={.metadata.deletionTimestamp}",
        ]
        try:
            return bool(self._kubectl.run("get", "pod", self.name, *place).strip())
        except Failure:
            return (
                False  # `kubectl exec` asks for the Pod too, and what it says then is looked into
            )

    def _exec(self, *flags: str) -> list[str]:
        place = [f"--namespace={self._namespace}", f"--container={CONTAINER}", self.name]
        return ["exec", *flags, *place, "--"]
