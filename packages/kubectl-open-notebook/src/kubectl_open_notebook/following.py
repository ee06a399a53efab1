"""While the notebook is open: the two directories follow each other, and who else is there."""

import contextlib
import secrets
import threading
import time
from pathlib import Path

from watchfiles import watch

from kubectl_open_notebook.failure import ConnectionLostError, Failure
from kubectl_open_notebook.mirror.local import LocalDirectory
from kubectl_open_notebook.mirror.remote import RemoteDirectory
from kubectl_open_notebook.mirror.reserved import OWN
from kubectl_open_notebook.mirror.rounds import Mirror, Outcome
from kubectl_open_notebook.pod import SOURCES
from kubectl_open_notebook.shell import Agent, ScriptError, Shell
from kubectl_open_notebook.terminal import Terminal

INTERVAL = 1.0
"""Seconds between two looks at the notebook's directory."""
RESCAN = 30.0
"""Seconds after which the local directory is looked at though nothing was noticed."""
UNWATCHED = 2.0
"""The same, where this system cannot say what changes."""
BEAT = 15.0
"""Seconds between two signs that the notebook is open here."""
RETRIES = (0.2, 1, 2, 5, 10)
"""Seconds between tries to reach the Pod; the last for all that follow."""
PATIENCE = 30.0
"""Seconds that what is under way may take at the end, before its connection counts as dead."""
LAST_TRIES = 3
ROUNDS = 20
"""Rounds of the last sync: each may find something new, and somebody may be writing still."""


class Following:
    """What happens beside the browser, in a thread of its own.

    Args:
        shell: the way into the Pod.
        local: the directory to sync; None without `--sync`.
        notebook: which notebook it is, of all that the directory may be synced with.
        who: who opens the notebook, for others to read.
        terminal: where it speaks.

    Attributes:
        over: set when it cannot continue, with `failure` as the reason.
        others: who else had the notebook open at the last look.
    """

    def __init__(
        self,
        shell: Shell,
        local: LocalDirectory | None,
        notebook: str,
        who: str,
        terminal: Terminal,
    ) -> None:
        self._shell = shell
        self._local = local
        self._notebook = notebook
        self._who = who
        self._terminal = terminal
        self._session = secrets.token_hex(8)
        self._rescan = RESCAN
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._agent: Agent | None = None
        self._said: set[str] = set()
        self._last_beat = 0.0
        self.over = threading.Event()
        self.failure: Failure | None = None
        self.others: frozenset[str] = frozenset()
        self.is_connected = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        if self._local:
            self._watcher.start()

    def reconnect(self) -> None:
        """Give up the connection, which may be dead without knowing it."""
        if self._agent:
            self._agent.close()

    def stop(self) -> None:
        """End; what is under way is finished first, unless it makes no progress."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
            self.reconnect()
            self._thread.join()

    def last_sync(self) -> str | None:
        """Bring both sides together once more.

        Returns:
            What could not be done, as a sentence; None if all was.
        """
        if self._local is None:
            return None
        why = ""
        for attempt in range(LAST_TRIES):
            try:
                with contextlib.closing(self._connect()) as agent:
                    return self._finish(self._mirror(agent, self._local))
            except ConnectionLostError as error:
                why = str(error)
                time.sleep(attempt)
            except (Failure, ScriptError) as error:
                why = str(error)
                break
        return f"The last sync did not happen: {why.rstrip('.')}."

    def _finish(self, mirror: Mirror) -> str | None:
        idle = 0
        for _ in range(ROUNDS):
            outcome = mirror.round(everything=True)
            self._report(outcome)
            if outcome.trouble:
                return outcome.trouble[0]
            if not outcome.moved and not outcome.late:
                return None
            idle = 0 if outcome.moved else idle + 1
            if idle == LAST_TRIES:
                return f"{_some(outcome.late)} cannot be read, or changes all the time."
        return "Somebody is still writing: what came after the last look is not synced."

    def _run(self) -> None:
        tries = 0
        while not self._stop.is_set():
            try:
                with contextlib.closing(self._connect()) as agent:
                    tries = 0
                    self._follow(agent)
            except (ConnectionLostError, ScriptError) as error:
                self.is_connected = False
                if tries == 1 and not self._stop.is_set():
                    self._terminal.warn(
                        f"The connection to the Pod is lost: {error}. Trying again."
                    )
                self._stop.wait(RETRIES[min(tries, len(RETRIES) - 1)])
                tries += 1
            except Failure as error:
                self.failure = error
                self.over.set()
                return

    def _connect(self) -> Agent:
        self._agent = Agent(self._shell, SOURCES, self._who, self._session)
        return self._agent

    def _follow(self, agent: Agent) -> None:
        """Sync and look around until the end."""
        self._last_beat = 0.0
        mirror = self._mirror(agent, self._local) if self._local else None
        self.is_connected = True
        look_again = 0.0
        while not self._stop.is_set():
            if time.monotonic() - self._last_beat > BEAT:
                self._look_around(agent)
            noticed = self._wake.is_set()
            self._wake.clear()
            is_time = noticed or time.monotonic() > look_again
            if mirror and (is_time or mirror.has_news()):
                outcome = mirror.round()
                self._report(outcome)
                is_calm = not (outcome.moved or outcome.late or outcome.trouble)
                look_again = time.monotonic() + (self._rescan if is_calm else INTERVAL)
                if outcome.moved and not outcome.trouble:
                    continue
            self._wake.wait(INTERVAL)

    def _mirror(self, agent: Agent, local: LocalDirectory) -> Mirror:
        return Mirror(
            local,
            RemoteDirectory(self._shell, agent, SOURCES),
            notebook=self._notebook,
            now=time.time_ns,
            progress=self._progress,
            leaving=self._stop.is_set if self._thread.is_alive() else lambda: False,
        )

    def _look_around(self, agent: Agent) -> None:
        """Say that the notebook is open here, and who else has it open."""
        self._last_beat = time.monotonic()
        answer, _ = agent.ask("beat")
        others = frozenset(each for each in answer.split(";") if each)
        for each in sorted(others - self.others):
            self._terminal.warn(
                f"{each} has this Notebook open too. Jupyter saves a file as the last one of you "
                "does, and nobody is asked."
            )
        for each in sorted(self.others - others):
            self._terminal.say(f"{each} has this Notebook open no more.")
        self.others = others

    def _report(self, outcome: Outcome) -> None:
        parts = [
            f"{outcome.sent} to the notebook" if outcome.sent else "",
            f"{outcome.received} from the notebook" if outcome.received else "",
            f"{outcome.deleted} deleted" if outcome.deleted else "",
        ]
        if outcome.moved:
            self._terminal.say(f"Synced: {', '.join(filter(None, parts))}.", "faint")
        for path, kept in outcome.kept.items():
            self._terminal.warn(
                f"{path} changed on both sides. The newer one has its name; the other is {kept}."
            )
        self._once(
            outcome.blocked,
            "left alone, as something else has its place on the other side, such as a directory "
            "or a symbolic link; rename one of the two.",
        )
        for each in outcome.trouble:
            if each not in self._said:
                self._said.add(each)
                self._terminal.warn(f"{each} Trying again.")
        if outcome.moved and not outcome.trouble:
            self._said = {each for each in self._said if each.startswith("left alone")}

    def _once(self, paths: list[str], what: str) -> None:
        new = [path for path in paths if f"left alone {path}" not in self._said]
        if new:
            self._said |= {f"left alone {path}" for path in new}
            self._terminal.warn(f"{_some(new)}: {what}")

    def _progress(self, done: int, total: int, size: int) -> None:
        self._terminal.passing(f"  syncing: {done} of {total} files, {size / 1e6:.0f} MB")

    def _watch(self) -> None:
        """Wake the sync when something changes here; without that it only comes a little later."""
        assert self._local is not None  # noqa: S101 - only started with one
        own = str(self._local.root / OWN)

        def concerns(_change: object, path: str) -> bool:
            return not path.startswith(own)

        try:
            for _ in watch(
                Path(self._local.root),
                watch_filter=concerns,
                debounce=400,
                stop_event=self._stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                self._wake.set()
        except Exception:  # noqa: BLE001 - whatever the system refuses, for one too many watches
            self._rescan = UNWATCHED


def _some(paths: list[str], *, most: int = 3) -> str:
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more
