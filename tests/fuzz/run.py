"""Send damaged requests to the real server, and see that it stays whole.

    python tests/fuzz/run.py 100000

Starts gunicorn on a free port of the loopback, sends that many requests, prints how many got
which status, and fails if an answer of 200 lost a child or a worker died.
"""

import http.client
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from mutations import mutated, still_there

from hooks.cli.serving import server

CLIENTS = 4


def workers(port: int) -> set[str]:
    """Return the processes that serve on a port, from /proc."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if entry.name.isdigit() and f"127.0.0.1:{port}".encode() in words:
            found.add(entry.name)
    return found


def send(port: int, count: int, seed: int, tally: Counter) -> None:
    """Send `count` requests of a seed; count what comes back."""
    import json  # noqa: PLC0415 - for this alone

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for path, body, _ in mutated(count, seed):
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            tally[f"no answer: {type(error).__name__}"] += 1
            connection.close()
            continue
        tally[str(response.status)] += 1
        json.loads(answer)
        if response.status == 200 and path.endswith("/sync") and "namespaces" not in path:
            lost = still_there(json.loads(answer), body)
            if lost:
                tally[f"LOST {lost}"] += 1


def main() -> None:
    """Run, and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    tally: Counter[str] = Counter()
    started = time.monotonic()
    with server(None, quiet=True) as address:
        port = int(address.rpartition(":")[2])
        before = workers(port)
        threads = [
            threading.Thread(target=send, args=(port, count // CLIENTS, 1000 + each, tally))
            for each in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = workers(port)
    took = time.monotonic() - started
    print("| status | answers |")
    print("| --- | --- |")
    for status, number in sorted(tally.items()):
        print(f"| {status} | {number} |")
    print(f"\n{sum(tally.values())} requests in {took:.0f} s; workers before and after: "
          f"{sorted(before)} {sorted(after)}")  # fmt: skip
    if before != after or any(not status.isdigit() for status in tally):
        sys.exit("a worker or a child was lost")


if __name__ == "__main__":
    main()
