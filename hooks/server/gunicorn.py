"""How gunicorn serves the hooks.

`gunicorn --config python:hooks.server.gunicorn 'hooks.server.app:create_app()'`
"""

import gc
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from hooks.server.tls import TlsFiles


def _number(name: str, value: str) -> int:
    """Return the number that a variable holds; exit with a sentence if it is none above zero."""
    if not value.isdecimal() or not int(value):
        sys.exit(f"{name} must be a number above zero, got {value!r}.")
    return int(value)


def _metrics_directory() -> str:
    """Return a directory where the workers share their metrics; exit if there can be none."""
    name = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not name:
        return tempfile.mkdtemp(prefix="substratus-metrics-")
    try:
        Path(name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"PROMETHEUS_MULTIPROC_DIR: the directory cannot be made: {error}.")
    return name


def _probes_socket(bind: str) -> socket.socket | None:
    """Return the socket of the probes' port; exit with a sentence if there can be none."""
    if not bind:
        return None
    host, _, port = bind.rpartition(":")
    if not port.isdecimal():
        sys.exit(f"PROBES_BIND must be an address such as 0.0.0.0:8081, got {bind!r}.")
    try:
        return socket.create_server((host.strip("[]"), int(port)), backlog=256)
    except OSError as error:
        sys.exit(f"PROBES_BIND: {bind} cannot be listened on: {error}.")


def _tls_files(directory: str, client_ca: str) -> TlsFiles | None:
    """Return the files of TLS; exit with a sentence if they are not what they should be."""
    if not directory:
        if client_ca:
            sys.exit("CLIENT_CA_FILE needs TLS_DIRECTORY: without TLS there are no certificates.")
        return None
    certificate, key = Path(directory, "tls.crt"), Path(directory, "tls.key")
    found = TlsFiles(certificate, key, Path(client_ca) if client_ca else None)
    try:
        found.context()
    except OSError as error:
        named = " or ".join(map(str, filter(None, (certificate, key, found.client_ca))))
        sys.exit(f"TLS_DIRECTORY or CLIENT_CA_FILE: {named} cannot be used: {error}.")
    return found


# The library reads the variable once, when it is imported first: before that it must be set.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics_directory()
from prometheus_client import multiprocess  # noqa: E402

from hooks.server import probes, worker  # noqa: E402 - after the variable, too

METRICS = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
PROBES = _probes_socket(os.environ.get("PROBES_BIND", ""))

worker_class = worker.Worker
worker.Worker.tls_files = _tls_files(
    os.environ.get("TLS_DIRECTORY", ""), os.environ.get("CLIENT_CA_FILE", "")
)
workers = _number("WORKERS", os.environ.get("WORKERS", "2"))
worker_connections = 256
"""Of one worker. For the next one, the connection goes that waited longest."""

limit_request_line = 1024
limit_request_fields = 32
limit_request_field_size = 4096
"""Bytes. Room for a token and for what proxies add; with those above, what a header may hold."""

preload_app = True
"""The settings are read before there is a worker: wrong ones end the server, where a worker that
ends would be started again forever."""

keepalive = 120
"""Seconds. Longer than the 90 s after which Metacontroller drops an idle connection: it does not
repeat a POST that meets a connection which the server is about to close."""

timeout = 30
"""Seconds. Metacontroller gives up after 10."""

graceful_timeout = 20
"""Seconds that a stop waits for requests in flight."""

worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
control_socket_disable = True


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Forget that a dead worker was ready, and its gauges."""
    probes.ready_file(METRICS, worker.pid).unlink(missing_ok=True)
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def when_ready(_server: Arbiter) -> None:
    """Start the probes, and spare the garbage collector what the workers share."""
    if PROBES:
        arguments = (str(PROBES.fileno()), str(METRICS))
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "hooks.server.probes", *arguments], pass_fds=[PROBES.fileno()]
        )
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Worker) -> None:
    """Say that the worker is ready, and spare the garbage collector most requests.

    What a request is made of holds no cycles and goes by itself when it is answered. Without this
    a large one starts the collector several times, which finds nothing.
    """
    probes.ready_file(METRICS, worker.pid).touch()
    gc.set_threshold(50_000)
