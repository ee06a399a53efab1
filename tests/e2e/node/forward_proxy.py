"""A proxy as firms have one: it alone knows where the hosts outside are."""

import contextlib
import http.server
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

_CHUNK = 65536


class Proxy(http.server.ThreadingHTTPServer):
    """Reaches `hosts`, by `name:port`, at ports of the loopback, and nothing else.

    `asked` has what went through it, in its order: `GET host:port/path`, `CONNECT host:port`.
    """

    def __init__(self, address: str, hosts: Mapping[str, int]) -> None:
        super().__init__((address, 0), _Handler)
        self.hosts = hosts
        self.asked: list[str] = []

    def reach(self, host: str) -> socket.socket | None:
        """Return a connection to a host, or None where there is no such host."""
        port = self.hosts.get(host)
        return socket.create_connection(("127.0.0.1", port)) if port else None


@contextlib.contextmanager
def proxying(address: str, hosts: Mapping[str, int]) -> Iterator[Proxy]:
    """Run a proxy on a free port of this address within a context."""
    proxy = Proxy(address, hosts)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Proxy

    def do_CONNECT(self) -> None:
        """Join the client and the host, which speak TLS with each other."""
        other = self._reach(self.path)
        if other:
            with other:
                self.send_response(200)
                self.end_headers()
                _join(self.connection, other)

    def do_GET(self) -> None:
        """Ask the host in the client's place; hosts of the tests answer and close."""
        url = urlsplit(self.path)
        other = self._reach(f"{url.hostname}:{url.port or 80}", url.path)
        if other:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = f"{url.path}?{url.query}" if url.query else url.path
            lines = [f"{self.command} {target} HTTP/1.0"]
            lines += [f"{name}: {value}" for name, value in self.headers.items()]
            with other:
                other.sendall("\r\n".join([*lines, "", ""]).encode() + body)
                while data := other.recv(_CHUNK):
                    self.wfile.write(data)

    do_POST = do_GET  # noqa: N815 - the standard library's way

    def _reach(self, host: str, path: str = "") -> socket.socket | None:
        self.server.asked.append(f"{self.command} {host}{path}")
        self.close_connection = True
        other = self.server.reach(host)
        if other is None:
            self.send_error(502, f"no host {host}")
        return other

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


def _join(one: socket.socket, other: socket.socket) -> None:
    """Hand on what either says until one of them has ended."""
    to = {one: other, other: one}
    while True:
        for source in select.select([one, other], [], [])[0]:
            data = source.recv(_CHUNK)
            if not data:
                return
            to[source].sendall(data)
