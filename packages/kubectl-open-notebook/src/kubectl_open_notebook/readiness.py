"""Waiting for a Notebook: what its conditions say, as they change."""

import codecs
import json
import os
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kubectl_open_notebook.failure import Failure, LeftError
from kubectl_open_notebook.kubectl import Kubectl, UnreachableError, refusal
from kubectl_open_notebook.notebooks import RESOURCE
from kubectl_open_notebook.terminal import Terminal
from kubectl_open_notebook.ways_out import ways_out

Manifest = dict[str, Any]

PATIENCE = 60
"""Seconds that a reason may remain that only a person can remove, before it is the end."""
FOR_A_PERSON = frozenset(
    {
        "InvalidConfiguration",
        "InvalidPatch",
        "NameConflict",
        "DoesNotFit",
        "ModelNotFound",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CrashLoopBackOff",
    }
)


@dataclass(frozen=True)
class Readiness:
    """What a Notebook says of itself, in the generation that was asked for."""

    is_running: bool
    reason: str
    message: str


def judge(notebook: Manifest, generation: int) -> Readiness:
    """Return what a Notebook says of this generation; older conditions do not count.

    It is open when its condition `Running` is True. `Ready` is True of a suspended one too, since
    that is as it was asked for; its reason and message are those of the first step that is not
    done.
    """
    status = notebook.get("status") or {}
    seen = status.get("observedGeneration") or 0
    if notebook["metadata"].get("generation", 0) < generation or seen < generation:
        return Readiness(is_running=False, reason="", message="No controller has looked at it yet.")
    conditions = {each.get("type"): each for each in status.get("conditions") or []}
    running: Manifest = conditions.get("Running", {})
    said: Manifest = conditions.get("Ready", running)
    return Readiness(
        running.get("status") == "True", said.get("reason", ""), said.get("message", "")
    )


def wait(
    kubectl: Kubectl,
    notebook: Manifest,
    *,
    seconds: float,
    terminal: Terminal,
    leaving: Callable[[], bool],
    patience: float = PATIENCE,
) -> None:
    """Wait until a Notebook is Running in its generation, and show why it is not.

    Args:
        kubectl: the person's kubectl.
        notebook: the Notebook as it was last written.
        seconds: how long to wait.
        terminal: shows each reason and message as they change.
        leaving: asked all the time; true ends the wait.
        patience: how long a reason may remain that only a person can remove.

    Raises:
        Failure: it does not run in time, or will not be without a person; or it was deleted.
        LeftError: the person leaves.
    """
    name = notebook["metadata"]["name"]
    generation = notebook["metadata"].get("generation", 0)
    began = since = time.monotonic()
    now = Readiness(is_running=False, reason="", message="")
    for event in _events(kubectl, notebook, until=began + seconds):
        if leaving():
            raise LeftError
        if event:
            found = _of(event, name, generation)
            if found.reason != now.reason:
                since = time.monotonic()
            if found != now and not found.is_running and (found.reason or found.message):
                _show(terminal, name, found)
            now = found
        if now.is_running:
            return
        if now.reason in FOR_A_PERSON and time.monotonic() - since > patience:
            raise Failure(_sentence(name, now))
        terminal.passing(f"  waiting for {time.monotonic() - began:.0f} s")
    raise Failure(_too_late(name, now, seconds))


def _of(event: Manifest, name: str, generation: int) -> Readiness:
    if event.get("type") == "DELETED" or event["object"]["metadata"].get("deletionTimestamp"):
        raise Failure(
            f"Notebook {name} was deleted meanwhile, by somebody else. 'kubectl open notebook' "
            "with -f FILE or --model NAME makes it again."
        )
    found = judge(event["object"], generation)
    is_new = event["object"]["metadata"].get("generation", 0) >= generation
    if is_new and (event["object"].get("spec") or {}).get("suspend"):
        raise Failure(
            f"Notebook {name} was suspended meanwhile, by somebody else. Open it again to resume."
        )
    return found


def _show(terminal: Terminal, name: str, found: Readiness) -> None:
    reason = f"{found.reason}: " if found.reason else ""
    terminal.say(f"Notebook {name}: {reason}{found.message}")


def _sentence(name: str, now: Readiness) -> str:
    return f"Notebook {name} does not start. {_said(now)}"


def _too_late(name: str, now: Readiness, seconds: float) -> str:
    if not now.reason:
        return (
            f"Notebook {name} was not looked at by any controller within {seconds:.0f} s. See "
            "that Metacontroller and the hook server run: 'kubectl get pods -A'."
        )
    return (
        f"Notebook {name} does not run after {seconds:.0f} s. {_said(now)} --timeout waits longer."
    )


def _said(now: Readiness) -> str:
    """Return reason and message, and the way out if the message does not have it."""
    way = ways_out().get(now.reason, "'kubectl describe notebook' says more.")
    begins = re.split(r"[,.;:]", way)[0]
    end = "" if " " in begins and begins in now.message else f" {way}"
    return f"{now.reason}: {now.message}{end}"


def _events(kubectl: Kubectl, notebook: Manifest, *, until: float) -> Iterator[Manifest | None]:
    """Yield the Notebook's changes as kubectl sees them, and None from time to time."""
    metadata = notebook["metadata"]
    command = ["get", RESOURCE, metadata["name"], f"--namespace={metadata['namespace']}"]
    while time.monotonic() < until:
        with tempfile.TemporaryFile() as errors:
            process = kubectl.start(
                *command,
                "--watch",
                "--output-watch-events",
                "--output=json",
                output=subprocess.PIPE,
                errors=errors,
            )
            try:
                yield from _documents(process, until)
            finally:
                process.kill()
                code = process.wait()
            errors.seek(0)
            said = errors.read().decode(errors="replace")
        if code > 0:
            failure = refusal(said)
            if not isinstance(failure, UnreachableError):
                raise failure
            if time.monotonic() > until:
                raise failure
        yield None
        time.sleep(min(1, max(0, until - time.monotonic())))


def _documents(process: subprocess.Popen[bytes], until: float) -> Iterator[Manifest | None]:
    """Yield the JSON documents that a process prints, and None each half second without one."""
    assert process.stdout is not None  # noqa: S101 - started with a pipe
    characters = codecs.getincrementaldecoder("utf-8")(errors="replace")
    decoder, text = json.JSONDecoder(), ""
    while time.monotonic() < until:
        ready, _, _ = select.select([process.stdout], [], [], 0.5)
        if not ready:
            yield None
            continue
        got = os.read(process.stdout.fileno(), 1 << 16)
        if not got:
            process.wait()
            return
        text += characters.decode(got)
        while text := text.lstrip():
            try:
                document, end = decoder.raw_decode(text)
            except json.JSONDecodeError:
                break
            text = text[end:]
            yield document
