"""Send damaged requests to the real server, and see that it stays whole.

    python tests/fuzz/run.py --count 100000
    python tests/fuzz/run.py --count 100000 --url http://127.0.0.1:8090

Without an address it starts gunicorn on a free port of the loopback. It prints how many requests
got which status, and where the hooks failed. It fails if an answer of 200 lost a child, if an
answer is not JSON or none came, if a status is another than 200, 400 or 500, or if a worker died.
"""

import argparse
import http.client
import json
import sys
import threading
import time
import traceback
from collections import Counter
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.kept import lost
from fuzz.mutations import is_composite_sync, mutated
from hooks.server import dispatch
from hooks.settings import Settings
from substratus.commands.simulate.serving import server

CLIENTS = 4
ALLOWED = {"200", "400", "500"}
_LISTENS = "0A"
"""A socket that listens, as /proc/net/tcp writes it."""


class Findings:
    """What came back, of all clients together."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()
        self.lost: list[str] = []
        self.failures: list[tuple[str, bytes]] = []
        self._lock = threading.Lock()

    def add(self, path: str, body: bytes, status: str, answer: bytes) -> None:
        """Count one answer, and look at what it holds."""
        gone = (
            lost(json.loads(body), json.loads(answer))
            if status == "200" and is_composite_sync(path)
            else []
        )
        with self._lock:
            self.tally[status if _is_json(answer) else f"{status}, not JSON"] += 1
            if gone:
                self.lost.append(f"{path} {', '.join(gone)}")
            if status == "500":
                self.failures.append((path, body))

    def no_answer(self, error: Exception) -> None:
        """Count a request that was not answered."""
        with self._lock:
            self.tally[f"no answer: {type(error).__name__}"] += 1


def send(address: tuple[str, int], seed: int, limits: tuple[int, float], found: Findings) -> None:
    """Send the requests of a seed, so many and until then, over one kept-alive connection."""
    connection = http.client.HTTPConnection(*address, timeout=20)
    count, until = limits
    for path, body in mutated(count, seed):
        if time.monotonic() > until:
            break
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            found.add(path, body, str(response.status), response.read())
        except (OSError, http.client.HTTPException) as error:
            found.no_answer(error)
            connection.close()
    connection.close()


def workers(port: int) -> set[str]:
    """Return the processes that listen on a port of this machine, from /proc.

    A process may call itself as it likes, so its command line is not looked at.
    """
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {
        f"socket:[{row[9]}]"
        for row in rows
        if int(row[1].rpartition(":")[2], 16) == port and row[3] == _LISTENS
    }
    return {each.name for each in Path("/proc").glob("[0-9]*") if sockets & _open_files(each)}


def _open_files(process: Path) -> set[str]:
    found = set()
    with suppress(OSError):  # it has ended, or is another user's
        for each in (process / "fd").iterdir():
            with suppress(OSError):
                found.add(str(each.readlink()))
    return found


def places(failures: list[tuple[str, bytes]]) -> dict[str, tuple[int, str, bytes]]:
    """Return where the hooks failed: how often, and the shortest request with its path."""
    found: dict[str, tuple[int, str, bytes]] = {}
    for path, body in failures:
        try:
            dispatch.call(path, body, settings=Settings(), now=datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - whatever it is, its place is reported
            frames = traceback.extract_tb(error.__traceback__)
            frame = [each for each in frames if "/hooks/" in each.filename][-1]
            file = frame.filename.rpartition("/hooks/")[2]
            place = f"hooks/{file}:{frame.lineno} {type(error).__name__}: {str(error)[:80]}"
            times, _, shortest = found.get(place, (0, path, body))
            found[place] = (times + 1, path, min(shortest, body, key=len))
    return found


def main() -> None:
    """Run, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=1800, help="stop after so long")
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--url", help="a server that runs already")
    given = parser.parse_args()
    found, started = Findings(), time.monotonic()
    with nullcontext(given.url) if given.url else server(None, quiet=True) as url:
        address = (urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 80)
        before = workers(address[1])
        limits = (given.count // CLIENTS, started + given.seconds)
        threads = [
            threading.Thread(target=send, args=(address, given.seed + each, limits, found))
            for each in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = workers(address[1])
    report(found, time.monotonic() - started)
    print(f"workers before: {sorted(before)}, after: {sorted(after)}")
    if not given.url and not before:
        sys.exit("No process that serves was found, so none would be missed.")
    if found.lost or before != after or not found.tally.keys() <= ALLOWED:
        sys.exit("A child, a worker or an answer was lost.")


def report(found: Findings, took: float) -> None:
    """Print what came back, where the hooks failed and what was lost."""
    print("| status | answers |")
    print("| --- | --- |")
    for status, number in sorted(found.tally.items()):
        print(f"| {status} | {number} |")
    total = sum(found.tally.values())
    print(f"\n{total} requests in {took:.0f} s, {total / took:.0f} a second")
    for place, (times, path, body) in sorted(places(found.failures).items()):
        print(f"500 {times} times, {path} at {place}; shortest request {len(body)} bytes")
    for each in sorted(set(found.lost)):
        print(f"LOST {each}")


def _is_json(answer: bytes) -> bool:
    try:
        json.loads(answer)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    main()
