"""The way from the person's browser to Jupyter, watched over for as long as it is open."""

import contextlib
import threading
import time
from collections.abc import Callable

from kubectl_open_notebook.browser import Browser
from kubectl_open_notebook.failure import ConnectionLostError, Failure, LeftError
from kubectl_open_notebook.forward import Forward
from kubectl_open_notebook.pod import Pod
from kubectl_open_notebook.terminal import Terminal

HEALTH = 10.0
"""Seconds between two requests through the forward, to see that it leads somewhere."""
DOUBT = 3.0
"""Seconds that it may lead nowhere before the Notebook is asked why."""
SLEPT = 15.0
"""A clock that jumps by so many seconds means that this machine slept."""
TOKEN_TRIES = 40
"""A second apart: a Pod that is being deleted may take 30 seconds, by Kubernetes' default."""
PATIENCE = 60.0
"""Seconds until the forward must lead somewhere for the first time."""


class Connection:
    """A local port that leads to Jupyter, and the address with its token.

    Args:
        pod: the Notebook's Pod.
        forward: the local port.
        terminal: where the address and what breaks are shown.
        browser: the person's browser; None to open none.
        wall: the clock, in seconds since 1970.
        steady: a clock that stops while this machine sleeps.
    """

    def __init__(
        self,
        pod: Pod,
        forward: Forward,
        terminal: Terminal,
        browser: Browser | None,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pod = pod
        self._forward = forward
        self._terminal = terminal
        self._browser = browser
        self._wall = wall
        self._steady = steady
        self._token = ""
        self._is_broken = False
        self._healthy = self._doubted = 0.0
        self._seen = (0.0, 0.0)

    def open(self, leaving: threading.Event) -> None:
        """Read the token, forward the port and show the address.

        Raises:
            Failure: one of these cannot be done.
            LeftError: the person leaves.
        """
        self._token = self._read_token(leaving)
        until = self._steady() + PATIENCE
        while not self._leads_somewhere():
            if self._steady() > until:
                raise Failure(
                    f"Port {self._forward.port} does not lead to the notebook: "
                    f"{self._forward.why()}. 'kubectl port-forward' must work for its Pod first."
                )
            if leaving.wait(0.2):
                raise LeftError
        self._seen = (self._wall(), self._steady())
        self._show()

    def slept(self) -> bool:
        """Return whether this machine slept since it was last asked; then all is made again."""
        wall, steady = self._wall(), self._steady()
        jump = (wall - self._seen[0]) - (steady - self._seen[1])
        self._seen = (wall, steady)
        if abs(jump) < SLEPT:
            return False
        self._terminal.say("This machine slept: connecting again.")
        self._forward.drop()
        self._is_broken = True
        return True

    def tend(self, look_why: Callable[[], None]) -> None:
        """Look whether it leads to Jupyter, and start it again if not.

        Args:
            look_why: called when it leads nowhere for some time; may raise to end it.

        Raises:
            Failure: the person may not forward ports any more.
        """
        self._is_broken = self._is_broken or not self._forward.is_running()
        if not self._is_broken and self._steady() - self._healthy < HEALTH:
            return
        was_broken = self._is_broken
        if self._leads_somewhere():
            if was_broken:
                self._say_restored()
            return
        self._is_broken = True
        if self._steady() - max(self._healthy, self._doubted) > DOUBT:
            look_why()
            self._forward.drop()
            self._doubted = self._steady()

    def close(self) -> None:
        """End it."""
        self._forward.close()
        if self._browser:
            self._browser.close()

    def _leads_somewhere(self) -> bool:
        self._forward.keep_up()
        if not self._forward.leads_somewhere():
            return False
        self._forward.settle()
        self._healthy, self._is_broken = self._steady(), False
        return True

    def _read_token(self, leaving: threading.Event) -> str:
        why = ""
        for _ in range(TOKEN_TRIES):
            try:
                return self._pod.token()
            except ConnectionLostError as error:
                why = str(error)
                if leaving.wait(1):
                    raise LeftError from None
        raise Failure(
            f"Nothing can be run in Pod {self._pod.name}: {why}. 'kubectl exec' must work for it "
            "first."
        )

    def _say_restored(self) -> None:
        """After a break: a Pod that was made again has another token."""
        with contextlib.suppress(ConnectionLostError):
            token = self._pod.token()
            if token != self._token:
                self._token = token
                self._terminal.warn("The notebook's Pod was made again. It has a new address:")
                self._show()
                return
        self._terminal.say("The connection to the notebook is back.")

    def _show(self) -> None:
        address = f"http://127.0.0.1:{self._forward.port}/?token={self._token}"
        self._terminal.result(address)
        if self._browser and not self._browser.open(address):
            self._terminal.warn("No browser could be opened: open the address yourself.")
