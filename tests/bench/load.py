"""What a crowd of bad clients and bodies of any size cost the hooks' other clients.

    python tests/bench/load.py            # a minute: 64 clients of each kind
    python tests/bench/load.py --seconds 10 --each 16

Beside the clients of tests/crowd.py, and beside bodies that are too large, that hold as much as
they may, and that grow as much as they can when they are parsed, it asks for probes as the kubelet
does, and for syncs as Metacontroller does: over two kept connections, and ten seconds' patience.
It prints how many were answered, the slowest of each, and the most memory of each process; where
processes share memory, the sum counts it once for each. It fails if a probe took a second, or a
sync had another answer than 200.
"""

import argparse
import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bodies import BODIES, CALL
from crowd import Crowd
from shipped import Server, shipped

MIB = 1024 * 1024


class Tally:
    """What was answered, and how slow the slowest was."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.slowest = 0.0

    def add(self, answer: object, seconds: float) -> None:
        self.answers[str(answer)] += 1
        self.slowest = max(self.slowest, seconds)


def timed(tally: Tally, ask: Callable[[], object]) -> None:
    """Ask once."""
    started = time.perf_counter()
    try:
        found = ask()
    except (OSError, http.client.HTTPException) as error:
        found = type(error).__name__
    tally.add(found, time.perf_counter() - started)


class Kept:
    """A connection that is kept, as Metacontroller keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def sync(self) -> int:
        try:
            self._connection.request(
                "POST", "/models/sync", CALL, {"Content-Type": "application/json"}
            )
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        return response.status


class Load:
    """The other clients of a server beside a crowd, and what became of them."""

    def __init__(self, server: Server) -> None:
        self.probes, self.syncs, self.large = Tally(), Tally(), Tally()
        self.memory = Counter[str]()
        self._server = server
        self._bodies = {name: make() for name, make in BODIES.items()}
        self._ends = threading.Event()

    def run(self, seconds: float) -> None:
        """Ask for so many seconds."""
        threads = [threading.Thread(target=self._repeat, args=each) for each in self._loops()]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self._ends.set()
        for thread in threads:
            thread.join()

    def _loops(self) -> Iterator[tuple[float, Callable[[], None]]]:
        """Yield what is done again and again, each after a pause in seconds."""
        yield 0.1, partial(self._probe, "/healthz")
        yield 0.1, partial(self._probe, "/readyz")
        yield 1, partial(self._probe, "/metrics")
        for _ in range(2):
            yield 0.05, partial(timed, self.syncs, Kept(self._server.port).sync)
        yield 0.1, self._post_large
        yield 0.02, self._weigh

    def _repeat(self, pause: float, do: Callable[[], None]) -> None:
        while not self._ends.wait(pause):
            do()

    def _probe(self, path: str) -> None:
        timed(self.probes, lambda: self._server.probe(path)[0])

    def _post_large(self) -> None:
        for name, body in self._bodies.items():
            if not self._ends.is_set():
                timed(self.large, partial(self._posted, name, body))

    def _posted(self, name: str, body: bytes) -> str:
        return f"{self._server.ask('POST', '/models/sync', body)[0]} for {name}"

    def _weigh(self) -> None:
        now = self._server.memory()
        for name, size in {**now, "all": sum(now.values())}.items():
            self.memory[name] = max(self.memory[name], size)

    @property
    def is_well(self) -> bool:
        """Whether all was answered in time."""
        answers = self.probes.answers.keys() | self.syncs.answers.keys()
        return answers == {"200"} and self.probes.slowest < 1

    def __str__(self) -> str:
        tallies = {"probes": self.probes, "syncs": self.syncs, "large bodies": self.large}
        return "\n".join(
            (
                *(
                    f"{name}: {dict(tally.answers)}, slowest {tally.slowest:.2f} s"
                    for name, tally in tallies.items()
                ),
                *(
                    f"memory of {name}: at most {size / MIB:.0f} MiB"
                    for name, size in self.memory.items()
                ),
            )
        )


def main() -> None:
    """Load a server as it ships."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--each", type=int, default=64)
    arguments = parser.parse_args()
    with shipped(LOG_LEVEL="critical") as server:
        load = Load(server)
        with Crowd(server.port, arguments.each, burst=MIB) as crowd:
            load.run(arguments.seconds)
    print(f"{3 * arguments.each} bad clients, which opened {crowd.opened} connections")
    print(load)
    if not load.is_well:
        sys.exit("A probe was late, or a sync was not answered.")


if __name__ == "__main__":
    main()
