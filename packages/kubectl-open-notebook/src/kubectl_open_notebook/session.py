"""A Notebook from the moment it is opened to the moment it is left."""

import contextlib
import threading
import webbrowser
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubectl_open_notebook.browser import Browser
from kubectl_open_notebook.connection import Connection
from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.following import Following
from kubectl_open_notebook.forward import Forward, choose
from kubectl_open_notebook.kubectl import Kubectl, NotFoundError, UnreachableError
from kubectl_open_notebook.mirror.local import LocalDirectory
from kubectl_open_notebook.notebooks import Notebooks
from kubectl_open_notebook.pod import Pod
from kubectl_open_notebook.readiness import judge, wait
from kubectl_open_notebook.terminal import Terminal

Manifest = dict[str, Any]

TICK = 0.5
"""Seconds between two looks at the connection."""


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
        state: where what lasts from one call to the next is kept.
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
    state: Path


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
        self.name = ""
        self.namespace = ""
        self._identity = ""

    def run(self) -> None:
        """Open the Notebook, stay until the person leaves, and suspend it.

        Raises:
            Failure: something did not work; the sentence has the way out.
            LeftError: the person left before it was open.
        """
        with contextlib.ExitStack() as leaving:
            local = None
            if self._wish.directory:
                local = leaving.enter_context(
                    _closing(LocalDirectory(self._wish.directory, self._wish.state))
                )
            # Whatever is wrong on this machine is said before a Pod starts.
            choose(self._wish.port)
            notebook, was_idle = self._resume()
            try:
                self._wait(notebook)
                pod, connection = self._open()
            except BaseException:
                self._put_back(was_idle=was_idle)
                raise
            self._stay(pod, connection, local)

    def _resume(self) -> tuple[Manifest, bool]:
        """Return the Notebook, made and resumed if need be, and whether it ran for nobody."""
        notebooks = Notebooks(self._kubectl, self._wish.namespace)
        notebook, is_new = notebooks.open(
            name=self._wish.name, file=self._wish.file, model=self._wish.model
        )
        self.name = notebook["metadata"]["name"]
        self.namespace = notebook["metadata"]["namespace"]
        self._notebooks = notebooks.within(self.namespace)
        # With its uid: one of the same name in another cluster, or made again, is another.
        uid = notebook["metadata"].get("uid", "")
        self._identity = f"{self.namespace}/{self.name}/{uid}"
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
        self._terminal.say(f"Notebook {self.name}: running.", "good")

    def _put_back(self, *, was_idle: bool) -> None:
        """Suspend what was resumed for nothing, so that it holds no hardware."""
        if not was_idle or not self._wish.suspends:
            return
        with contextlib.suppress(Failure):  # what went wrong before is what they read
            self._notebooks.set_suspend(self.name, suspend=True)
            self._terminal.say(f"Notebook {self.name}: suspended again.")

    def _open(self) -> tuple[Pod, Connection]:
        """Open the way to Jupyter."""
        pod = Pod(self._kubectl, self.namespace, self.name)
        browser = Browser(self._wish.state, self._browse) if self._wish.opens_browser else None
        connection = Connection(pod, Forward(pod, self._wish.port), self._terminal, browser)
        try:
            connection.open(self._leaving)
        except BaseException:
            connection.close()
            raise
        return pod, connection

    def _stay(self, pod: Pod, connection: Connection, local: LocalDirectory | None) -> None:
        """Let all continue until the person leaves, and leave in good order."""
        following = Following(pod, local, self._identity, self._wish.who, self._terminal)
        try:
            following.start()
            self._terminal.say(self._farewell())
            while not self._leaving.wait(TICK) and not following.over.is_set():
                if connection.slept():
                    following.reconnect()
                connection.tend(self._look_why)
        finally:
            if local:
                self._terminal.say("Syncing a last time; another Ctrl-C leaves at once.")
            following.stop()
            trouble = following.last_sync() if following.failure is None else None
            connection.close()
            self._suspend(following.others)
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
        why = f" {found.reason}: {found.message}" if not found.is_running and found.reason else ""
        self._terminal.warn(f"The notebook does not answer; trying again.{why}")

    def _suspend(self, others: Collection[str]) -> None:
        """Suspend the Notebook, unless somebody else works in it or it is gone."""
        if not self._wish.suspends:
            self._terminal.say(f"Notebook {self.name}: still runs.")
            return
        command = (
            f"kubectl patch notebook {self.name} --namespace={self.namespace} --type=merge "
            '--patch=\'{"spec":{"suspend":true}}\''
        )
        if others:
            self._terminal.warn(
                f"Notebook {self.name}: still runs, as {', '.join(sorted(others))} has "
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
