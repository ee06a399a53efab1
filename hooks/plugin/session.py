"""A Notebook from the moment it is opened to the moment it is left."""

import contextlib
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hooks.plugin.failure import ConnectionLostError, Failure, LeftError
from hooks.plugin.following import Following
from hooks.plugin.forward import Forward, choose
from hooks.plugin.kubectl import Kubectl, NotFoundError, UnreachableError
from hooks.plugin.mirror.local import LocalDirectory
from hooks.plugin.notebooks import Notebooks
from hooks.plugin.pod import Pod
from hooks.plugin.readiness import judge, wait
from hooks.plugin.terminal import Terminal

Manifest = dict[str, Any]

TICK = 0.5
"""Seconds between two looks at the forward."""
HEALTH = 10.0
"""Seconds between two requests through it, to see that it leads somewhere."""
DOUBT = 3.0
"""Seconds that it may lead nowhere before the Notebook is asked why."""
SLEPT = 15.0
"""A clock that jumps by so many seconds means that this machine slept."""
TOKEN_TRIES = 20


@dataclass(frozen=True)
class Wish:
    """What the person asked for.

    Attributes:
        name: the Notebook's name, if given.
        file: the file with it, if given.
        model: the Model that it is for, if given.
        namespace: the namespace, if given.
        directory: what to sync; None for nothing.
        port: the local port, if given.
        timeout: seconds to wait until it is ready.
        opens_browser: whether to open the browser.
        suspends: whether to suspend it at the end.
        who: who the person is, for others to read.
    """

    name: str | None
    file: str | None
    model: str | None
    namespace: str | None
    directory: Path | None
    port: int | None
    timeout: float
    opens_browser: bool
    suspends: bool
    who: str


class Session:
    """One call of the command.

    Args:
        kubectl: the person's kubectl.
        wish: what they asked for.
        terminal: what they see.
        leaving: set when they want to leave.
        browse: opens an address in their browser; false if there is none.
    """

    def __init__(
        self,
        kubectl: Kubectl,
        wish: Wish,
        terminal: Terminal,
        leaving: threading.Event,
        browse: Callable[[str], bool] = webbrowser.open,
    ) -> None:
        self._kubectl = kubectl
        self._wish = wish
        self._terminal = terminal
        self._leaving = leaving
        self._browse = browse
        self._token = ""
        self.name = ""
        self.namespace = ""

    def run(self) -> None:
        """Open the Notebook, stay until the person leaves, and suspend it.

        Raises:
            Failure: something did not work; the sentence has the way out.
            LeftError: the person left before it was open.
        """
        with contextlib.ExitStack() as leaving:
            local = None
            if self._wish.directory:
                local = leaving.enter_context(_closing(LocalDirectory(self._wish.directory)))
            # Whatever is wrong on this machine is said before a Pod starts.
            choose(self._wish.port)
            notebook, was_idle = self._resume()
            try:
                self._wait(notebook)
            except BaseException:
                self._put_back(was_idle=was_idle)
                raise
            self._stay(local)

    def _resume(self) -> tuple[Manifest, bool]:
        """Return the Notebook, made and resumed if need be, and whether it ran for nobody."""
        notebooks = Notebooks(self._kubectl, self._wish.namespace)
        notebook, is_new = notebooks.open(
            name=self._wish.name, file=self._wish.file, model=self._wish.model
        )
        self.name = notebook["metadata"]["name"]
        self.namespace = notebook["metadata"]["namespace"]
        self._notebooks = notebooks.within(self.namespace)
        if notebook["metadata"].get("deletionTimestamp"):
            raise Failure(f"Notebook {self.name} is being deleted. Wait for it and try again.")
        if is_new:
            self._terminal.say(f"Notebook {self.name}: created in namespace {self.namespace}.")
        if notebook["spec"].get("suspend"):
            notebook = self._notebooks.set_suspend(self.name, suspend=False)
            self._terminal.say(f"Notebook {self.name}: resumed.")
            return notebook, True
        return notebook, is_new

    def _wait(self, notebook: Manifest) -> None:
        wait(
            self._kubectl,
            notebook,
            seconds=self._wish.timeout,
            terminal=self._terminal,
            leaving=self._leaving.is_set,
        )
        self._terminal.say(f"Notebook {self.name}: ready.", "good")

    def _put_back(self, *, was_idle: bool) -> None:
        """Suspend what was resumed for nothing, so that it holds no hardware."""
        if not was_idle or not self._wish.suspends:
            return
        with contextlib.suppress(Failure):
            self._notebooks.set_suspend(self.name, suspend=True)
            self._terminal.say(f"Notebook {self.name}: suspended again.")

    def _stay(self, local: LocalDirectory | None) -> None:
        pod = Pod(self._kubectl, self.namespace, self.name)
        following = Following(pod, local, self._wish.who, self._terminal)
        forward = Forward(pod, self._wish.port)
        try:
            self._token = self._read_token(pod)
            self._connect(forward)
            self._show(forward)
            following.start()
            self._terminal.say(self._farewell())
            self._watch_over(pod, forward, following)
        finally:
            following.stop()
            trouble = following.last_sync() if following.failure is None else None
            forward.close()
            self._suspend(following)
        if following.failure:
            raise following.failure
        if trouble:
            raise Failure(
                f"{trouble} Nothing here was lost, and what is in the notebook stays on its claim: "
                "open it again with --sync to bring both together."
            )

    def _farewell(self) -> str:
        then = "suspends the Notebook and keeps its work" if self._wish.suspends else "leaves it"
        synced = "syncs a last time, " if self._wish.directory else ""
        return f"Ctrl-C {synced}{then}."

    def _read_token(self, pod: Pod) -> str:
        for _ in range(TOKEN_TRIES):
            try:
                return pod.token()
            except ConnectionLostError as error:
                why = str(error)
                if self._leaving.wait(1):
                    raise LeftError from None
        raise Failure(
            f"Nothing can be run in Pod {pod.name}: {why}. 'kubectl exec' must work for it first."
        )

    def _connect(self, forward: Forward) -> None:
        """Wait until the forward leads to Jupyter."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            forward.mend()
            if forward.leads_somewhere():
                forward.settle()
                return
            if self._leaving.wait(0.2):
                raise LeftError
        raise Failure(
            f"Port {forward.port} does not lead to the notebook: {forward.why()}. "
            "'kubectl port-forward' must work for its Pod first."
        )

    def _show(self, forward: Forward) -> None:
        address = f"http://127.0.0.1:{forward.port}/?token={self._token}"
        self._terminal.result(address)
        if self._wish.opens_browser and not self._browse(address):
            self._terminal.warn("No browser could be opened: open the address yourself.")

    def _watch_over(self, pod: Pod, forward: Forward, following: Following) -> None:
        """Mend what breaks until the person leaves."""
        healthy = doubted = time.monotonic()
        wall, steady = time.time(), time.monotonic()
        is_broken = False
        while not self._leaving.wait(TICK) and not following.over.is_set():
            jump = (time.time() - wall) - (time.monotonic() - steady)
            wall, steady = time.time(), time.monotonic()
            if abs(jump) > SLEPT:
                self._terminal.say("This machine slept: connecting again.")
                forward.drop()
                following.reconnect()
                is_broken = True
            if not forward.is_running():
                is_broken = True
            if is_broken:
                forward.mend()
            if not is_broken and time.monotonic() - healthy < HEALTH:
                continue
            if forward.leads_somewhere():
                if is_broken:
                    self._mended(pod, forward)
                healthy, is_broken = time.monotonic(), False
                continue
            is_broken = True
            if time.monotonic() - max(healthy, doubted) > DOUBT:
                self._look_why()
                forward.drop()
                doubted = time.monotonic()

    def _mended(self, pod: Pod, forward: Forward) -> None:
        """After a break: a Pod that was made anew has another token."""
        forward.settle()
        with contextlib.suppress(ConnectionLostError):
            token = pod.token()
            if token != self._token:
                self._token = token
                self._terminal.warn("The notebook's Pod was made anew. It has a new address:")
                self._show(forward)
                return
        self._terminal.say("The connection to the notebook is mended.")

    def _look_why(self) -> None:
        """Say what the Notebook says when nothing leads to it.

        Raises:
            Failure: it was deleted or suspended.
        """
        try:
            notebook = self._notebooks.get(self.name)
        except NotFoundError:
            raise Failure(
                f"Notebook {self.name} was deleted by somebody else, and its work with it. What "
                "is here is untouched."
            ) from None
        except UnreachableError as error:
            self._terminal.warn(f"{error} Trying again.")
            return
        except Failure as error:
            self._terminal.warn(str(error))
            return
        if notebook["spec"].get("suspend"):
            raise Failure(
                f"Notebook {self.name} was suspended by somebody else. Its work is kept; open it "
                "again to resume."
            )
        found = judge(notebook, notebook["metadata"].get("generation", 0))
        why = f" {found.reason}: {found.message}" if not found.is_ready and found.reason else ""
        self._terminal.warn(f"The notebook does not answer; trying again.{why}")

    def _suspend(self, following: Following) -> None:
        """Suspend the Notebook, unless somebody else works in it or it is gone."""
        if not self._wish.suspends:
            self._terminal.say(f"Notebook {self.name}: still runs.")
            return
        command = (
            f"kubectl patch notebook {self.name} --namespace={self.namespace} --type=merge "
            '--patch=\'{"spec":{"suspend":true}}\''
        )
        if following.others:
            self._terminal.warn(
                f"Notebook {self.name}: still runs, as {', '.join(sorted(following.others))} has "
                f"it open. To suspend it: {command}"
            )
            return
        try:
            self._notebooks.set_suspend(self.name, suspend=True)
        except NotFoundError:
            return
        except Failure as error:
            raise Failure(f"The Notebook still runs. {error} To suspend it: {command}") from None
        self._terminal.say(f"Notebook {self.name}: suspended; its work is kept.", "good")


@contextlib.contextmanager
def _closing(local: LocalDirectory) -> Iterator[LocalDirectory]:
    try:
        yield local
    finally:
        local.close()
