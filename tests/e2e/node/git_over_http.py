"""Repositories over HTTP, or over HTTPS with a certificate, for those who know the password."""

import base64
import contextlib
import http.server
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from certificates import Signed


class Server(http.server.ThreadingHTTPServer):
    """Serves every repository below a directory; with `login` only to those who know it."""

    def __init__(self, address: tuple[str, int], repositories: Path, login: str | None) -> None:
        super().__init__(address, _Handler)
        self.repositories = repositories
        self.authorization = f"Basic {base64.b64encode(login.encode()).decode()}" if login else None


@contextlib.contextmanager
def serving(
    host: str,
    repositories: Path,
    *,
    port: int = 0,
    login: str | None = None,
    certificate: Signed | None = None,
) -> Iterator[int]:
    """Serve repositories within a context; give the port.

    Args:
        host: the address to listen on.
        repositories: the directory that has them.
        port: the port; any where 0.
        login: user and password as `user:password`.
        certificate: what the server shows; it then speaks HTTPS.
    """
    server = Server((host, port), repositories, login)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.server.authorization
        if wanted and self.headers.get("Authorization") != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="private"')
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        env = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.server.repositories),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=env, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        # With it nobody has to know from the connection's end that this was all.
        for key, value in {**fields, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the standard library's way

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""
