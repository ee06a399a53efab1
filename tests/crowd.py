"""Clients that mean no good: they connect and send nothing, half a header, or a byte now and then.

One thread holds all of them. What the server closes is opened again.
"""

import contextlib
import random
import socket
import threading
import time
from typing import Self

HALF_A_HEADER = b"POST /models/sync HTTP/1.1\r\nHost: hooks\r\nContent-Ty"
BEGINNING = (
    b"POST /models/sync HTTP/1.1\r\nHost: hooks\r\nContent-Type: application/json\r\n"
    b"Content-Length: 15000000\r\n\r\n{"
)


class Crowd:
    """So many clients of each of three kinds, while it is entered.

    Args:
        port: where on the loopback the server is.
        each: how many are idle, stop in a header, and trickle a body.
        seed: decides which client sends when.
        burst: bytes that a trickling client sends at its beginning.
    """

    def __init__(self, port: int, each: int, *, seed: int = 0, burst: int = 1) -> None:
        self._port = port
        self._random = random.Random(seed)  # noqa: S311 - a seed is to give the same again
        beginning = BEGINNING + b" " * (burst - 1)
        self._clients = dict.fromkeys(range(3 * each))
        self._says = [(b"", HALF_A_HEADER, beginning)[n % 3] for n in self._clients]
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.opened = 0

    def __enter__(self) -> Self:
        self._thread.start()
        while self.opened < len(self._clients):
            time.sleep(0.01)
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.is_set():
            for number in self._clients:
                self._turn(number)
            self._ends.wait(0.2)
        for each in self._clients.values():
            if each:
                each.close()

    def _turn(self, number: int) -> None:
        """Open a client that is closed; let one that trickles send a byte now and then."""
        client = self._clients[number]
        if client is None or _is_closed(client):
            self._clients[number] = self._open(number)
        elif number % 3 == 2 and self._random.random() < 0.2:
            with contextlib.suppress(OSError):
                client.send(b" ")

    def _open(self, number: int) -> socket.socket | None:
        try:
            client = socket.create_connection(("127.0.0.1", self._port), timeout=5)
            client.setblocking(False)
            if self._says[number]:
                client.send(self._says[number])
        except OSError:
            return None
        self.opened += 1
        return client


def _is_closed(client: socket.socket) -> bool:
    try:
        closed = client.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        closed = True
    if closed:
        client.close()
    return closed
