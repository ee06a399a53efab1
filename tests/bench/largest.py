"""What the largest legal object of each kind costs a hook: bytes, processor time, memory.

Processor time is shown beside that of parsing the same body, so that a slow machine does not count.
"""

import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import largest
import orjson
from calls import NOW, base_dataset, base_model, path_of, request

from hooks.server import dispatch
from hooks.settings import Settings

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def milliseconds(work: Callable[[], object]) -> float:
    """Return the least processor time of a call in milliseconds: what else runs adds to it."""
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found) * 1000


def peak(work: Callable[[], object]) -> int:
    """Return the most memory that a call holds at a time, in KiB."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found // 1024


def row(name: str, sort: str, manifest: dict) -> str:
    """Return the row of an object."""
    settings = Settings()
    body = json.dumps(request(manifest, [], [base_model(), base_dataset()])).encode()
    asked = json.dumps({"controller": {}, "parent": manifest}).encode()
    path = f"/{path_of(manifest)}"

    def sync() -> bytes:
        return dispatch.call(f"{path}/sync", body, settings=settings, now=NOW)

    def customize() -> bytes:
        return dispatch.call(f"{path}/customize", asked, settings=settings, now=NOW)

    parse, synced = milliseconds(lambda: orjson.loads(body)), milliseconds(sync)
    cells = (
        *(name, sort, str(len(body))),
        *(f"{parse:.2f} ms", f"{synced:.1f} ms", f"{synced / parse:.0f} x"),
        *(f"{milliseconds(customize):.1f} ms", f"{peak(sync)} KiB"),
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print a table, with a row for each kind and each sort of patches."""
    print("| object | patches of | bytes | parse | sync | sync / parse | customize | memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for sort in largest.SORTS:
        for name, manifest in largest.objects(sort).items():
            print(row(name, sort, manifest), flush=True)


if __name__ == "__main__":
    main()
