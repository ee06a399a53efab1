"""gunicorn's gevent worker, with limits on how long it waits for a client and what it holds.

A connection costs a greenlet and no thread, so one that sends nothing, half a header or a byte of
a body now and then keeps nobody waiting. A body is complete before a hook is called, so a hook
never waits; the worker runs one hook at a time, and so parses one body.
"""

import errno
import io
import json
import socket
import ssl
import time
from typing import Any, ClassVar

import gevent
import gevent.socket
import gevent.ssl
from gevent.server import StreamServer
from gunicorn import util
from gunicorn.http.message import Request
from gunicorn.workers.ggevent import GeventWorker

from hooks.server.connections import Connection, Connections
from hooks.server.limits import MIB
from hooks.server.tls import Tls, TlsFiles

HEADER_SECONDS = 10
"""For a new connection to send a whole header."""

BODY_SECONDS = 10
"""From the end of a header to the end of the body; Metacontroller gives up after 10."""

ANSWER_SECONDS = 10
"""For a client to take an answer."""

LINGER_SECONDS = 2
"""That a worker which ends keeps connections open for requests that are under way."""

UNFINISHED_BODIES = 32 * MIB
"""Bytes of bodies that are not complete, of all connections of a worker together."""

_PIECE = 64 * 1024
_SINK = bytearray(_PIECE)


class SlowBodyError(Exception):
    """A body that did not come in time."""


class Worker(GeventWorker):  # type: ignore[misc] # gunicorn has no types
    """A worker process.

    Attributes:
        tls_files: where TLS is read from; None without it.
    """

    tls_files: ClassVar[TlsFiles | None] = None
    sockets: list[Any]

    def init_process(self) -> None:
        """Prepare the process, and serve until it ends."""
        self._connections = Connections(
            self.cfg.worker_connections, UNFINISHED_BODIES, time.monotonic
        )
        self._by_greenlet: dict[object, Connection] = {}
        self._tls = self._make_tls()
        super().init_process()

    def patch(self) -> None:
        """Let gevent have the listening sockets. The hooks wait for nothing: no more is patched."""
        self.sockets = [
            gevent.socket.socket(each.FAMILY, socket.SOCK_STREAM, fileno=each.sock.detach())
            for each in self.sockets
        ]

    def run(self) -> None:
        """Serve until the arbiter asks to stop."""
        servers = [StreamServer(each, handle=self._serve) for each in self.sockets]
        for server in servers:
            server.max_accept = 1  # the other workers take theirs
            server.start()
        while self.alive:
            self.notify()
            if self._tls and self._tls.refresh():
                # What kept connections were let in by may be what was taken away.
                self._connections.end_waiting()
            gevent.sleep(1)
        for server in servers:
            server.close()
        self._finish()

    def timeout_ctx(self) -> gevent.Timeout:
        """Return the limit on the wait for the next request's header."""
        is_new = not self._connection().answered
        return gevent.Timeout(HEADER_SECONDS if is_new else self.cfg.keepalive, exception=False)

    def handle_request(
        self, listener: object, req: Request, sock: socket.socket, addr: object
    ) -> None:
        """Answer a request when its body is complete; one over the limit is not read."""
        connection = self._connection()
        try:
            body, is_complete = self._body(req, connection)
        except SlowBodyError:
            _refuse(sock, f"The body was not complete after {BODY_SECONDS} seconds.")
            raise StopIteration from None
        self._connections.answers(connection)
        req.body = io.BytesIO(body)
        try:
            with gevent.Timeout(ANSWER_SECONDS, _reset("The client does not take the answer.")):
                if not is_complete:
                    req.force_close()
                super().handle_request(listener, req, sock, addr)
        finally:
            if not is_complete:
                _drain(sock)
        self._connections.answered(connection)

    def _body(self, req: Request, connection: Connection) -> tuple[bytes, bool]:
        """Return a body, and whether it is whole: of one over the limit no more than shows it.

        Raises:
            SlowBodyError: it does not come in time.
        """
        limit = self.wsgi.config["MAX_CONTENT_LENGTH"]
        declared = next((int(v) for name, v in req.headers if name == "CONTENT-LENGTH"), 0)
        if declared > limit:
            return b"", False
        pieces: list[bytes] = []
        length = 0
        with gevent.Timeout(BODY_SECONDS, SlowBodyError):
            while length <= limit and (piece := req.body.read(_PIECE)):
                pieces.append(piece)
                length += len(piece)
                self._connections.received(connection, len(piece))
        if length < declared:
            raise StopIteration  # the client went away
        return b"".join(pieces), length <= limit

    def _serve(self, client: socket.socket, addr: object) -> None:
        """Serve one connection until it closes."""
        greenlet = gevent.getcurrent()
        connection = self._connections.add(
            lambda: greenlet.kill(_reset("Others need the connection."), block=False)
        )
        self._by_greenlet[greenlet] = connection
        try:
            if self._tls:
                client = self._shaken_hands(client, self._tls)
            self.handle(client, client, addr)
        except OSError as error:
            self.log.debug("Closed a connection: %s", error)
        finally:
            del self._by_greenlet[greenlet]
            self._connections.remove(connection)

    def _make_tls(self) -> Tls | None:
        if self.tls_files is None:
            return None
        return Tls(
            self.tls_files,
            gevent.ssl.SSLContext,
            lambda error: self.log.error("TLS stays as it was; its files are wrong: %s", error),
        )

    def _shaken_hands(self, client: socket.socket, tls: Tls) -> socket.socket:
        """Return a connection whose client speaks TLS, and shows a certificate where it must."""
        with gevent.Timeout(HEADER_SECONDS, _reset("The client does not speak TLS.")):
            try:
                return tls.context.wrap_socket(client, server_side=True)
            except ssl.SSLError as error:
                self.log.warning("Refused a connection: %s", error.reason or error)
                raise _reset("The client was refused.") from error

    def _connection(self) -> Connection:
        return self._by_greenlet[gevent.getcurrent()]

    def _finish(self) -> None:
        """Answer what is under way; a client may be sending a request that was not refused."""
        began = time.monotonic()
        while (
            self._connections and (passed := time.monotonic() - began) < self.cfg.graceful_timeout
        ):
            if passed > LINGER_SECONDS:
                self._connections.end_waiting()
            self.notify()
            gevent.sleep(0.1)


def _reset(reason: str) -> OSError:
    """Return the error that gunicorn takes for a client which went away."""
    return ConnectionResetError(errno.ECONNRESET, reason)


def _refuse(sock: socket.socket, sentence: str) -> None:
    body = json.dumps({"error": sentence})
    util.write_nonblock(
        sock,
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode(),
    )


def _drain(sock: socket.socket) -> None:
    """Read what a client still sends, and drop it: many read an answer only when all is sent."""
    with gevent.Timeout(BODY_SECONDS, exception=False):
        while sock.recv_into(_SINK):
            pass
