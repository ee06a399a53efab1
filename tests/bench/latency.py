"""p50 and p99 of `/models/sync` beside a bare echo of the same body, on one server in one run.

The two are asked in turn over kept-alive connections, so a machine that slows down slows both.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
# Of a Model that is built, as Metacontroller sent it, with managedFields; indented for people.
REQUEST = HERE / "request.json"
BODY = json.dumps(json.loads(REQUEST.read_text()), separators=(",", ":")).encode()
CALLS = int(os.environ.get("CALLS", "1500"))


def measure(port: int, calls: int, found: dict[str, list[float]]) -> None:
    """Ask both paths in turn, `calls` times each; add the seconds of each call."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(calls):
        for path in ("/echo", "/models/sync"):
            started = time.perf_counter()
            connection.request("POST", path, BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            found[path].append(time.perf_counter() - started)
            if response.status != 200:
                sys.exit(f"{path} answered {response.status}")


def run(workers: int, clients: int) -> dict[str, list[float]]:
    """Serve with so many workers; return the seconds of every call of so many clients."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:hooks.server.gunicorn"),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "error", "echo:create_app()"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(HERE), "WORKERS": str(workers), "CONFIG": ""}
    server = subprocess.Popen(command, env=environment, cwd=HERE.parents[1])
    try:
        _await(port)
        measure(port, 100, {"/echo": [], "/models/sync": []})
        found: dict[str, list[float]] = {"/echo": [], "/models/sync": []}
        threads = [
            threading.Thread(target=measure, args=(port, CALLS // clients, found))
            for _ in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("the server did not start")


def main() -> None:
    """Print a table: one worker, and the default."""
    print(f"/models/sync beside /echo, {len(BODY)} bytes, {CALLS} calls each")
    print("| workers | clients | echo p50 | sync p50 | ratio | echo p99 | sync p99 | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for workers, clients in ((1, 1), (2, 1), (2, 2)):
        found = run(workers, clients)
        cells: list[str] = []
        for index in (49, 98):
            echo, sync = (
                statistics.quantiles(found[path], n=100)[index] * 1000
                for path in ("/echo", "/models/sync")
            )
            cells += [f"{echo:.2f} ms", f"{sync:.2f} ms", f"{sync / echo:.2f} x"]
        print(f"| {workers} | {clients} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
