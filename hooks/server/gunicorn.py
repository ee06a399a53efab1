"""How gunicorn serves the hooks.

`gunicorn --config python:hooks.server.gunicorn 'hooks.server.app:create_app()'`
"""

import gc
import os
import sys
import tempfile
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker


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


# The library reads the variable once, when it is imported first: before that it must be set.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics_directory()
from prometheus_client import multiprocess  # noqa: E402

worker_class = "gthread"
workers = _number("WORKERS", os.environ.get("WORKERS", "2"))
threads = _number("THREADS", os.environ.get("THREADS", "2"))

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
    """Forget a dead worker's gauges."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def when_ready(_server: Arbiter) -> None:
    """Spare the garbage collector what the workers share and what lives as long as they do."""
    gc.collect()
    gc.freeze()


def post_worker_init(_worker: Worker) -> None:
    """Spare the garbage collector most requests.

    What a request is made of holds no cycles and goes by itself when it is answered. Without this
    a large one starts the collector several times, which finds nothing.
    """
    gc.set_threshold(50_000)
