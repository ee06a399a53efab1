"""What a parent costs on a real API server, by a real Metacontroller, at several sizes.

For each size a cluster of its own, with kwok's nodes: so many Models and a ModelServer for each
are made, in namespaces of fifty, until all are Ready; then nothing is done for a minute. Counted is
what Metacontroller writes (the API server's audit log), what it asks of the hooks (a proxy before
them), and what each uses of the processor. A cost that stays flat has a ratio of 1 to that of the
first size.
"""

import contextlib
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

import binaries
from audit import as_text
from control_plane import ControlPlane
from processes import Program
from readiness import ready
from recorder import Call, Recorder
from stack import HookServer, Metacontroller, Stack, controllers
from watching import Watch

SIZES = tuple(map(int, sys.argv[1:])) or (100, 1000)
"""Of each of the two kinds."""
REST = 60
"""Seconds in which nothing may be written."""
PATIENCE = 1800
"""Seconds until all must be Ready, on a machine that does other things too."""
TEAM = 50
"""Of each of the two kinds in a namespace."""
QUIET = 10
"""Seconds without a write by which Metacontroller counts as settled. Its calls continue for longer:
it works off the news of thousands of objects, which change nothing any more."""


class Tally(Recorder):
    """A recorder that counts calls and forgets what was said: of thousands it would fill memory."""

    def __init__(self, target: int) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.request_bytes: Counter[str] = Counter()
        self._one_at_a_time = threading.Lock()
        super().__init__(target)

    def keep(self, call: Call) -> None:
        with self._one_at_a_time:
            self.counts[call.path] += 1
            self.request_bytes[call.path] += call.size
            if call.status != 200:
                self.failures[f"{call.path} answered {call.status}"] += 1


class Blind(Watch):
    """A watch that follows nothing: it would take the processor from what is measured."""

    def follow(self, resource: str, then: Callable[[dict], None] | None = None) -> None:
        pass


@dataclass
class Cost:
    """What one size took: `counted` is for each parent, by what is counted."""

    size: int
    seconds: float = 0
    counted: dict[str, float] = field(default_factory=dict)
    at_rest: list[str] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


def node(number: int) -> dict:
    """Return a node of kwok's that is large enough for a quarter of the largest size."""
    capacity = {"cpu": "4k", "memory": "4Ti", "ephemeral-storage": "256Ti", "pods": "4k"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"large-{number}", "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "status": {"allocatable": capacity, "capacity": capacity},
    }


def team(number: int) -> dict:
    """Return a namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{number}"}}


def objects(size: int) -> Iterator[dict]:
    """Yield so many Models from git, and then a ModelServer for each."""
    for kind in ("Model", "ModelServer"):
        for number in range(size):
            name = f"bench-{number:05}"
            git = {"url": f"https://github.com/example/{name}"}
            specs = {
                "Model": {
                    "source": {"git": git},
                    "size": {"parameterCount": 125_000_000, "parameterBits": 32},
                },
                "ModelServer": {"modelName": name},
            }
            yield {
                "apiVersion": "substratus.ai/v1",
                "kind": kind,
                "metadata": {"name": name, "namespace": f"team-{number // TEAM}"},
                "spec": specs[kind],
            }


def make_all(cluster: ControlPlane, size: int) -> None:
    """Make the objects, one after the other."""
    for each in objects(size):
        namespace = each["metadata"]["namespace"]
        place = f"/apis/substratus.ai/v1/namespaces/{namespace}/{each['kind'].lower()}s"
        cluster.http.post(place, json=each).raise_for_status()


@contextlib.contextmanager
def cluster_with_stack() -> Iterator[tuple[ControlPlane, Stack]]:
    """Yield a cluster, and on it the hooks and Metacontroller with a tally between."""
    program = binaries.metacontroller()
    if program is None:
        sys.exit("There is no Metacontroller: set METACONTROLLER to its program.")
    for each in binaries.TOOL_LIST:
        binaries.program(each.name)
    with contextlib.ExitStack() as leaving:
        directory = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        cluster = ControlPlane(directory)
        cluster.watch = Blind(cluster.connect)
        leaving.callback(cluster.stop)
        cluster.start()
        cluster.install()
        hooks = HookServer()
        metacontroller = Metacontroller(program, cluster)
        for each in (hooks, metacontroller):
            leaving.callback(each.stop)
            each.start()
            each.wait()
        tally = Tally(hooks.port)
        leaving.callback(tally.stop)
        cluster.kubectl("apply", "--filename=-", text=controllers(tally.address))
        yield cluster, Stack(hooks, tally, metacontroller)


def processor_seconds(program: Program) -> float:
    """Return the seconds of processor time that a program and its children used."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            values = stat.read_text().rpartition(")")[2].split()
            # After the name: state, parent, group; user and system time are the 12th and 13th.
            if int(values[2]) == program.group:
                ticks += int(values[11]) + int(values[12])
    return ticks / 100


def not_ready(cluster: ControlPlane) -> int:
    """Return how many parents are not Ready."""
    found = [each for kind in ("models", "modelservers") for each in cluster.get(kind, "", None)]
    return sum(ready(each)[0] != "True" for each in found)


def wait_all_ready(cluster: ControlPlane) -> None:
    """Wait until every parent is Ready; how many are left is printed now and then."""
    until = time.monotonic() + PATIENCE
    while left := not_ready(cluster):
        for program in cluster.programs:
            program.check()
        if time.monotonic() > until:
            sys.exit(f"{left} parents are not Ready after {PATIENCE} s.")
        print(f"  {left} are not Ready yet", file=sys.stderr, flush=True)
        # Listing thousands is work for the API server that the parents do not cause.
        time.sleep(5)


def wait_settled(cluster: ControlPlane) -> None:
    """Wait until Metacontroller has written nothing for `QUIET` seconds."""
    until = time.monotonic() + PATIENCE
    mark = cluster.audit.mark()
    while True:
        time.sleep(QUIET)
        if not cluster.audit.writes(mark):
            return
        mark = cluster.audit.mark()
        if time.monotonic() > until:
            sys.exit(f"Metacontroller still writes after {PATIENCE} s.")


def measure(size: int) -> Cost:
    """Return what so many Models and ModelServers cost."""
    cost = Cost(size)
    with cluster_with_stack() as (cluster, stack):
        cluster.apply_objects(*map(node, range(4)), *map(team, range(-(-size // TEAM))))
        stack.recorder.wait_quiet()
        mark, counts = cluster.audit.mark(), stack.recorder.counts.copy()
        programs = (stack.hooks, stack.metacontroller)
        used = {each.name: processor_seconds(each) for each in programs}
        started = time.monotonic()
        make_all(cluster, size)
        wait_all_ready(cluster)
        cost.seconds = time.monotonic() - started
        wait_settled(cluster)
        rest = cluster.audit.mark()
        time.sleep(REST)
        cost.at_rest = [as_text(each) for each in cluster.audit.writes(rest)]
        calls = stack.recorder.counts - counts
        cost.counted = {
            **{f"calls of {path}, for each of its kind": n / size for path, n in calls.items()},
            "hook calls for each parent": calls.total() / (2 * size),
            **counted_writes(cluster.audit.writes(mark), size),
            **{
                f"KiB in a request of {path}": stack.recorder.request_bytes[path] / n / 1024
                for path, n in stack.recorder.counts.items()
                if path in calls
            },
            **{
                f"processor ms of {each.name} for each parent": (
                    (processor_seconds(each) - used[each.name]) / (2 * size) * 1000
                )
                for each in programs
            },
        }
        cost.failures = stack.recorder.failures
    return cost


def counted_writes(writes: list[dict], size: int) -> dict[str, float]:
    """Return how many of each write there were for each of a kind, and for each parent."""
    found = Counter(map(_what, writes))
    return {
        **{f"{what}, for each of a kind": count / size for what, count in sorted(found.items())},
        "API writes for each parent": len(writes) / (2 * size),
    }


def _what(write: dict) -> str:
    place = write["objectRef"]
    part = f"/{place['subresource']}" if "subresource" in place else ""
    code = write["responseStatus"]["code"]
    refused = "" if code < 400 else f", refused with {code}"
    return f"{write['verb']} of {place['resource']}{part}{refused}"


def main() -> None:
    """Print a table, and fail if anything was written at rest."""
    # Asked to end, it ends its programs first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found = []
    for size in SIZES:
        print(f"{size} Models and {size} ModelServers", file=sys.stderr, flush=True)
        found.append(measure(size))
    first, last = found[0], found[-1]
    print(f"| | {' | '.join(f'{each.size} + {each.size}' for each in found)} | ratio |")
    print(f"|{' --- |' * (len(found) + 2)}")
    for what in sorted({name for each in found for name in each.counted}):
        values = [each.counted.get(what, 0) for each in found]
        ratio = f"{values[-1] / values[0]:.2f}" if values[0] else "-"
        print(f"| {what} | {' | '.join(f'{each:.2f}' for each in values)} | {ratio} |")
    seconds = [each.seconds for each in found]
    ratio = (last.seconds / last.size) / (first.seconds / first.size)
    print(f"| seconds until all are Ready | {' | '.join(f'{s:.0f}' for s in seconds)} |  |")
    print(f"| the same for each, in ms | {_each(found)} | {ratio:.2f} |")
    print(f"| writes at rest in {REST} s | {' | '.join(str(len(c.at_rest)) for c in found)} | |")
    for each in found:
        for failure, count in each.failures.items():
            print(f"{each.size}: {failure}, {count} times")
        if each.at_rest:
            sys.exit(f"{each.size}: written at rest: {Counter(each.at_rest).most_common(5)}")


def _each(found: list[Cost]) -> str:
    return " | ".join(f"{each.seconds / each.size / 2 * 1000:.0f}" for each in found)


if __name__ == "__main__":
    main()
