"""A proxy between Metacontroller and the hooks, which keeps every call."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONGEST = 30
"""Seconds to wait for a hook. Metacontroller waits for 10."""


@dataclass(frozen=True)
class Call:
    """A hook call: when it came, how many seconds it took, and what was said.

    `size` is the request's, in bytes.
    `answer` is text where the server answered with something other than JSON.
    """

    path: str
    time: datetime
    seconds: float
    status: int
    size: int
    request: dict
    answer: dict | str

    @property
    def parent(self) -> dict:
        """The parent's metadata; a decorator's object is one."""
        return (self.request.get("parent") or self.request["object"])["metadata"]


class Recorder:
    """Passes each call on to a server on the loopback, and keeps it with its answer.

    A call that the server does not answer is not answered here: its connection ends.
    """

    def __init__(self, target: int) -> None:
        self.calls: list[Call] = []
        self.last = time.monotonic()
        self._target = target
        self._server = _Server(("127.0.0.1", 0), _handler(self._relay))
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def of(self, parent_uid: str, since: int = 0) -> list[Call]:
        """Return the calls for a parent, after the first `since` of all."""
        return [each for each in self.calls[since:] if each.parent["uid"] == parent_uid]

    def forget(self, since: int) -> None:
        """Forget the calls after the first `since` of all: fixtures are of the default settings."""
        del self.calls[since:]

    def keep(self, call: Call) -> None:
        """Keep a call; several threads do so at once."""
        self.calls.append(call)

    def wait_quiet(self, quiet: float = 1.5, *, seconds: float = 60) -> None:
        """Wait until no call has come for `quiet` seconds: Metacontroller has settled."""
        until = time.monotonic() + seconds
        while (rest := self.last + quiet - time.monotonic()) > 0:
            if time.monotonic() > until:
                raise AssertionError(f"in {seconds} s the hooks were never idle for {quiet} s")
            time.sleep(rest)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _relay(self, path: str, body: bytes) -> tuple[int, bytes] | None:
        arrived, started = datetime.now(UTC), time.monotonic()
        self.last = started
        connection = http.client.HTTPConnection("127.0.0.1", self._target, timeout=LONGEST)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        seconds = time.monotonic() - started
        content = json.loads(body), _parsed(answer)
        self.keep(Call(path, arrived, seconds, status, len(body), *content))
        return status, answer


def _parsed(answer: bytes) -> dict | str:
    try:
        return json.loads(answer)
    except ValueError:
        return answer.decode(errors="replace")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """Say nothing: a Metacontroller that is killed leaves its connections."""


def _handler(relay: Callable[[str, bytes], tuple[int, bytes] | None]) -> type:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answered = relay(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            if answered is None:
                self.close_connection = True
                return
            status, answer = answered
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler
