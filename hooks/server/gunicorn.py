"""How gunicorn serves the hooks.

`gunicorn --config python:hooks.server.gunicorn 'hooks.server.app:create_app()'`
"""

import gc
import os
import tempfile

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from prometheus_client import multiprocess

worker_class = "gthread"
workers = int(os.environ.get("WORKERS", "2"))
threads = int(os.environ.get("THREADS", "2"))

keepalive = 120
"""Seconds. Longer than the 90 s after which Metacontroller drops an idle connection: it does not
repeat a POST that meets a connection which the server is about to close."""

timeout = 30
"""Seconds. Metacontroller gives up after 10."""

graceful_timeout = 20
"""Seconds that a stop waits for requests in flight."""

worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
control_socket_disable = True

os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="substratus-metrics-"))


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Forget a dead worker's gauges."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def post_worker_init(_worker: Worker) -> None:
    """Spare the garbage collector what lives as long as the worker, and most requests.

    What a request is made of holds no cycles and goes by itself when it is answered. Without this
    a large one starts the collector several times, which finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
