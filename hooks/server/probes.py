"""Probes and metrics, on a port of their own, by a process that runs no hook.

However busy or crowded the workers are, the kubelet and Prometheus have their answer at once.
"""

import argparse
import asyncio
import contextlib
import os
import socket
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

PATHS = ("/healthz", "/readyz", "/metrics")
SECONDS = 5
"""For a client to send its request and to take the answer."""

MOST = 256
"""Connections; the oldest goes for the next."""

_LONGEST_HEADER = 16 * 1024

Answer = tuple[int, str, bytes]
"""Status, content type, body."""


def ready_file(directory: Path, pid: int) -> Path:
    """Return the file that exists while a worker takes requests."""
    return directory / f"ready-{pid}"


def answer(path: str, directory: Path) -> Answer:
    """Return what a path answers.

    Args:
        path: the request's, without a query.
        directory: where the workers share their metrics and say that they are ready.
    """
    if path == "/metrics":
        workers = CollectorRegistry()
        MultiProcessCollector(workers, str(directory))  # type: ignore[no-untyped-call]
        return 200, CONTENT_TYPE_LATEST, generate_latest(workers)
    if path == "/readyz" and not any(directory.glob("ready-*")):
        return _text(503, "No worker takes requests yet.")
    if path in PATHS:
        return _text(200, "ok")
    return _text(404, f"There is nothing at this path. There are {', '.join(PATHS)}.")


def _text(status: int, sentence: str) -> Answer:
    return status, "text/plain; charset=utf-8", f"{sentence}\n".encode()


class Probes:
    """The server of the probes.

    Args:
        directory: where the workers share their metrics and say that they are ready.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._clients: dict[asyncio.Task[None], None] = {}

    async def serve(self, listener: socket.socket, parent: int) -> None:
        """Answer until the process `parent` is no longer this one's."""
        server = await asyncio.start_server(self._accept, sock=listener, limit=_LONGEST_HEADER)
        async with server:
            while os.getppid() == parent:  # noqa: ASYNC110 - no event says that a parent ended
                await asyncio.sleep(1)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._client(reader, writer))
        self._clients[task] = None
        task.add_done_callback(lambda done: self._clients.pop(done, None))
        if len(self._clients) > MOST:
            next(iter(self._clients)).cancel()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                header = await reader.readuntil(b"\r\n\r\n")
                writer.write(response(header, self._directory))
                await writer.drain()
        except (TimeoutError, OSError, EOFError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


def response(header: bytes, directory: Path) -> bytes:
    """Return the whole response to a request's header."""
    method, _, rest = header.partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0].decode(errors="replace")
    is_read = method in {b"GET", b"HEAD"}
    status, content_type, body = (
        answer(path, directory) if is_read else _text(405, "Probes take GET.")
    )
    head = (
        f"HTTP/1.1 {status} -\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + (b"" if method == b"HEAD" else body)


def main() -> None:
    """Serve the probes for the process that started this one, on the socket that it opened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("socket", type=int, help="its file descriptor")
    parser.add_argument("directory", type=Path, help="where the workers share their metrics")
    arguments = parser.parse_args()
    listener = socket.socket(fileno=arguments.socket)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Probes(arguments.directory).serve(listener, os.getppid()))


if __name__ == "__main__":
    main()
