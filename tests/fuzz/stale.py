"""Calls that see objects as they were: old, partial and mixed views of other calls.

Metacontroller has a cache a resource, and each lags for itself. So the parent, the children and
each related object of one call may be of different moments, and some not be there yet.
The calls are those of a real Metacontroller that were recorded, and those of an offline one while
its objects are edited as they run.

    python tests/fuzz/stale.py 50000
"""

import copy
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from metacontroller_offline import Simulation

from fuzz.kept import lost
from hooks.server import dispatch
from hooks.server.envelope import MalformedRequestError
from hooks.settings import Settings
from substratus.files import read_objects
from substratus.manifests import controllers, crds
from substratus.offline import DispatchCaller

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "fixtures" / "recorded"
EVERY_CALL = ROOT / "build" / "e2e" / "recorded"
"""Where `RECORD=1 make e2e-kwok` leaves all calls."""
FIXTURES = RECORDED / "none"
"""In its place: the fixtures alone."""
Call = tuple[str, dict]
EDITS = (
    ("Model", "char-sums", {"training": {"datasetName": "sums", "params": {"epochs": 9}}}),
    ("Dataset", "sums", {"filename": "other.jsonl"}),
    ("Model", "char-sums", {"training": {"datasetName": "sums", "params": {"epochs": 2}}}),
    ("Model", "char-sums", {"training": {"datasetName": "sums", "params": {"epochs": 9}}}),
    ("Model", "char", {"source": {"git": {"url": "https://example.com/char", "branch": "b"}}}),
    ("Dataset", "sums", {"filename": "sums.jsonl"}),
    ("Notebook", "char-sums", {"suspend": True}),
    ("ModelServer", "char-sums", {"replicas": 3}),
)
"""What a person changes while Jobs run: another run, the one before, and other data."""


def calls(every: Path = EVERY_CALL) -> dict[str, list[Call]]:
    """Return calls of composite sync hooks with their paths, by their parent's uid.

    Args:
        every: where all calls of a real run are, if they are there; else the fixtures are taken.
    """
    found: dict[str, list[Call]] = defaultdict(list)
    for path, request in (*(_of_a_run(every) or _fixtures()), *simulated()):
        if path.endswith("/sync") and "parent" in request:
            found[request["parent"]["metadata"]["uid"]].append((path, request))
    return found


def _fixtures() -> list[Call]:
    return [
        (
            json.loads(file.read_text())["path"],
            json.loads((file.parent / "request.json").read_text()),
        )
        for file in sorted(RECORDED.rglob("call.json"))
    ]


def _of_a_run(directory: Path) -> list[Call]:
    return [
        (f"/{file.parent.relative_to(directory)}", json.loads(file.read_text())["request"])
        for file in sorted(directory.rglob("*.json"))
    ]


def simulated() -> list[Call]:
    """Return the calls of an offline Metacontroller while the objects of an example are edited."""
    found: list[Call] = []
    objects = read_objects([str(ROOT / "examples/tiny/tiny.yaml")], namespace="tiny")
    sim = Simulation(
        [*crds(), *controllers()],
        caller := DispatchCaller(Settings()),
        observer=lambda call: found.append(("/" + call.url.split("/", 3)[3], call.request)),
    )
    caller.now = sim.clock.now
    sim.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tiny"}})
    for each in objects:
        sim.cluster.apply(copy.deepcopy(each))
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in objects}
    # One edit when all is Ready, and one while that one is still being computed.
    for number, (kind, name, spec) in enumerate(EDITS):
        for moment, _ in enumerate(sim.run()):
            if number % 2 and moment == 12:
                break
        wanted = by_name[kind, name]
        wanted["spec"] |= spec
        sim.cluster.apply(copy.deepcopy(wanted))
    sim.settle()
    return [json.loads(json.dumps(call)) for call in found]


def objects(recorded: dict[str, list[Call]]) -> dict[str, list[dict]]:
    """Return every version of every object that was recorded, by its uid."""
    versions: dict[str, dict[str, dict]] = defaultdict(dict)
    for _, request in (call for group in recorded.values() for call in group):
        for found in [request["parent"], *_in(request["children"]), *_in(request["related"])]:
            metadata = found["metadata"]
            versions[metadata["uid"]][metadata["resourceVersion"]] = found
    return {uid: list(each.values()) for uid, each in versions.items()}


def _in(groups: dict) -> Iterator[dict]:
    for group in groups.values():
        yield from group.values()


@cache
def _known(every: Path) -> tuple[dict[str, list[Call]], dict[str, list[dict]]]:
    recorded = calls(every)
    return recorded, objects(recorded)


def views(count: int, seed: int, every: Path = EVERY_CALL) -> Iterator[Call]:
    """Yield `count` calls with their paths, by a seeded choice of views."""
    chance = random.Random(seed)  # noqa: S311 - a seed, so that a failure can be repeated
    recorded, versions = _known(every)
    groups = list(recorded.values())
    for _ in range(count):
        group = chance.choice(groups)
        path, call = chance.choice(group)
        parts = {part: chance.choice(group)[1][part] for part in ("parent", "children", "related")}
        view = copy.deepcopy({**call, **parts})
        if chance.random() < 0.3:
            view["parent"] = copy.deepcopy(chance.choice(_versions(view["parent"], versions)))
        for part in ("children", "related"):
            for kind in view[part].values():
                _lag(kind, versions, chance)
        yield path, view


def _lag(kind: dict, versions: dict[str, list[dict]], chance: random.Random) -> None:
    """Show some objects of a kind as they were or will be, and some not at all."""
    for key in list(kind):
        fate = chance.random()
        if fate < 0.1:
            del kind[key]
        elif fate < 0.4:
            kind[key] = copy.deepcopy(chance.choice(_versions(kind[key], versions)))


def _versions(found: dict, versions: dict[str, list[dict]]) -> list[dict]:
    return versions.get(found["metadata"]["uid"]) or [found]


def main() -> None:
    """Ask the hooks about so many views, and print what an answer lost."""
    tally: Counter[str] = Counter()
    for path, view in views(int(sys.argv[1]), seed=1):
        try:
            body = json.dumps(view).encode()
            answer = dispatch.call(path, body, settings=Settings(), now=datetime.now(UTC))
        except MalformedRequestError:
            tally["refused"] += 1
            continue
        tally["answered"] += 1
        tally.update(f"LOST {each}" for each in lost(view, json.loads(answer)))
    print("\n".join(f"{count:8} {what}" for what, count in tally.most_common()))
    if any(each.startswith("LOST") for each in tally):
        sys.exit("A call that saw objects as they were lost something.")


if __name__ == "__main__":
    main()
