"""Files by HTTP, with what a test wants to go wrong."""

import ssl
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from substratus_loader.testing.answers import Handler, Server
from substratus_loader.testing.content import Content
from substratus_loader.testing.faults import Fault


@dataclass
class Served:
    """A file and how it is answered; `redirect` is where else it is."""

    content: Content = field(default_factory=Content)
    headers: dict[str, str] = field(default_factory=dict)
    redirect: str | None = None
    ranges: bool = True
    says_size: bool = True
    faults: deque[Fault | None] = field(default_factory=deque)


class _Files(Handler):
    server_of: "FileServer"

    def do_GET(self) -> None:  # noqa: N802 - the base's name
        path = urlsplit(self.path).path
        self.server_of.requests.append((path, self.headers.get("Range")))
        self.server_of.conditions.append(self.headers.get("If-Range"))
        served = self.server_of.files.get(path)
        if served is None:
            self.empty(404)
        elif served.redirect is not None:
            self.empty(302, {"Location": served.redirect})
        else:
            fault = served.faults.popleft() if served.faults else None
            self.file(
                served.content,
                served.headers,
                fault=fault,
                ranges=served.ranges,
                says_size=served.says_size,
            )


class FileServer(Server):
    """Serves `files`, by path.

    `requests` are the paths and ranges that it was asked for, `conditions` the If-Range of each.

    With `certificate`, a file that holds a certificate and its key, it serves https.
    """

    handler = _Files

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, certificate: Path | None = None
    ) -> None:
        super().__init__(host, port)
        self.files: dict[str, Served] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.conditions: list[str | None] = []
        self.url = f"{'https' if certificate else 'http'}://{host}:{self.port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
