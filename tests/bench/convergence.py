"""How long the offline Metacontroller takes per parent until all are Ready, at several sizes."""

import sys
import time
from pathlib import Path

import yaml

from hooks.settings import Settings
from substratus.offline import DispatchCaller, ready, simulation

EXAMPLES = Path(__file__).parents[2] / "examples" / "125m-cpu.yaml"
SIZES = tuple(map(int, sys.argv[1:])) or (100, 1000, 5000)


def objects(count: int) -> list[dict]:
    """Return about `count` parents: the example again and again, a namespace each."""
    documents = [each for each in yaml.safe_load_all(EXAMPLES.read_text()) if each]
    return [
        {**each, "metadata": {**each["metadata"], "namespace": f"team-{copy}"}}
        for copy in range(count // len(documents))
        for each in documents
    ]


def main() -> None:
    """Print a table; the ratio is to the first size."""
    first = None
    print("| parents | seconds | ms per parent | ratio | writes per parent |")
    print("| --- | --- | --- | --- | --- |")
    for size in SIZES:
        given = objects(size)
        started = time.process_time()
        sim = simulation(given, caller=DispatchCaller(Settings()))
        for _ in sim.run():
            pass
        took = time.process_time() - started
        if not all(condition.get("status") == "True" for _, condition in ready(sim, given)):
            sys.exit("not all are Ready")
        each = took / len(given) * 1000
        first = first or each
        writes = sim.cluster.writes.total(by="metacontroller") / len(given)
        print(
            f"| {len(given)} | {took:.1f} | {each:.1f} | {each / first:.2f} x | {writes:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
