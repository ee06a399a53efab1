"""An HTTP server of Python's own that answers with files, ranges of them, and faults."""

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from substratus_loader.testing.content import Content
from substratus_loader.testing.faults import Break, Corrupt, Fault, Stall, Status

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Handler(BaseHTTPRequestHandler):
    """Answers one request; a subclass has do_GET and do_HEAD."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: the server keeps what it was asked."""

    def empty(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        """Answer with a status, headers and a small body."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def file(
        self,
        content: Content,
        headers: dict[str, str],
        *,
        fault: Fault | None = None,
        ranges: bool = True,
        says_size: bool = True,
    ) -> None:
        """Answer with a file, or the range of it that is asked for."""
        if isinstance(fault, Status):
            self.empty(fault.status, dict(fault.headers))
            return
        begin, end = 0, content.size
        asked = _RANGE.fullmatch(self.headers.get("Range", "")) if ranges else None
        condition = self.headers.get("If-Range")
        if condition not in {None, headers.get("ETag"), headers.get("Last-Modified")}:
            asked = None
        if asked is not None:
            begin = int(asked[1])
            end = min(int(asked[2]) + 1, end) if asked[2] else end
            if begin >= content.size:
                self.empty(416, {"Content-Range": f"bytes */{content.size}"})
                return
        self.send_response(206 if asked else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{content.size}")
        if says_size:
            self.send_header("Content-Length", str(end - begin))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self._body(content, begin, end, fault)

    def _body(self, content: Content, begin: int, end: int, fault: Fault | None) -> None:
        sent = 0
        for whole in content.read(begin, end):
            chunk = whole
            at = fault.at - begin - sent if isinstance(fault, Corrupt) else -1
            if 0 <= at < len(chunk):
                chunk = chunk[:at] + bytes([chunk[at] ^ 0xFF]) + chunk[at + 1 :]
            if isinstance(fault, Break | Stall) and sent + len(chunk) >= fault.after:
                self.wfile.write(chunk[: fault.after - sent])
                if isinstance(fault, Stall):
                    fault.reached.set()
                    time.sleep(fault.seconds)
                self.close_connection = True
                return
            try:
                self.wfile.write(chunk)
            except OSError:
                self.close_connection = True
                return
            sent += len(chunk)


class Server:
    """A server in a thread, from `with` to its end; `requests` are the lines that it was asked."""

    handler: type[Handler] = Handler

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        outer = self

        class Bound(self.handler):  # type: ignore[name-defined, misc]
            server_of = outer

        class Threading(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

        self._http = Threading((host, port), Bound)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.host = host
        self.port = int(self._http.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Wait for the end of the server's thread, which is the end of the process."""
        self._thread.join()
