"""Requests made wrong: from real ones, by a seeded choice of damages."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import stages
from calls import path_of

RECORDED = Path(__file__).parents[1] / "fixtures" / "recorded"
JUNK = [None, "", 0, -1, 1.5, True, [], {}, [None], {"a": None}, "\u0000", "x" * 5000, 10**30]

Damage = Callable[[random.Random, dict], object]


@cache
def seeds() -> list[tuple[str, str]]:
    """Return requests as JSON with their paths: the recorded ones, and those of every stage."""
    recorded = [
        (json.loads(call.read_text())["path"], (call.parent / "request.json").read_text())
        for call in sorted(RECORDED.rglob("call.json"))
    ]
    made = [
        (f"/{path_of(stage.parent)}/{hook}", json.dumps(call))
        for stage in stages.named().values()
        for hook, call in (
            ("sync", stage.request()),
            ("customize", {"controller": {}, "parent": stage.parent}),
        )
    ]
    return [*recorded, *made]


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Return the path of everything in a value."""
    found = []
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        below = (*path, key)
        found.append(below)
        if isinstance(each, dict | list):
            found += places(each, below)
    return found


def holder(value: object, path: tuple) -> object:
    """Return what holds the last part of a path."""
    for key in path[:-1]:
        value = value[key]
    return value


def remove(chance: random.Random, call: dict) -> object:
    """Take something away."""
    path = chance.choice(places(call))
    del holder(call, path)[path[-1]]
    return call


def replace(chance: random.Random, call: dict) -> object:
    """Put junk in something's place."""
    path = chance.choice(places(call))
    holder(call, path)[path[-1]] = copy.deepcopy(chance.choice(JUNK))
    return call


def swap(chance: random.Random, call: dict) -> object:
    """Put one thing in the place of another."""
    one, other = chance.choices(places(call), k=2)
    given = copy.deepcopy(holder(call, one)[one[-1]])
    holder(call, other)[other[-1]] = given
    return call


def rename(chance: random.Random, call: dict) -> object:
    """Call something by another name."""
    paths = [path for path in places(call) if isinstance(path[-1], str)]
    path = chance.choice(paths)
    found = holder(call, path)
    found[chance.choice(["chidlren", "x", path[-1].upper(), f"{path[-1]} "])] = found.pop(path[-1])
    return call


def empty(chance: random.Random, call: dict) -> object:
    """Leave out a part that must be there."""
    part = chance.choice(["parent", "children", "related"])
    if part in call:
        call[part] = chance.choice([None, {}, [], ""])
    return call


def lose_kind(chance: random.Random, call: dict) -> object:
    """Leave out a declared kind of child."""
    children = call.get("children")
    if children:
        del children[chance.choice(list(children))]
    return call


def bytes_of(chance: random.Random, call: object) -> bytes:
    """Return the body, now and then damaged as bytes."""
    body = bytearray(json.dumps(call).encode())
    fate = chance.random()
    if fate < 0.05:
        return bytes(body[: chance.randrange(len(body))])
    if fate < 0.1:
        for _ in range(chance.randint(1, 5)):
            body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)


DAMAGES: tuple[Damage, ...] = (remove, replace, swap, rename, empty, lose_kind)


def mutated(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield `count` damaged requests: path and body."""
    chance = random.Random(seed)  # noqa: S311 - a seed, so that a failure can be repeated
    given = seeds()
    for _ in range(count):
        path, original = chance.choice(given)
        call: object = json.loads(original)
        for _ in range(chance.randint(1, 3)):
            try:
                call = chance.choice(DAMAGES)(chance, call)
            except (KeyError, IndexError, TypeError, ValueError, AttributeError):
                break  # there is nothing left to damage
        yield path, bytes_of(chance, call)


def is_composite_sync(path: str) -> bool:
    """Return whether a path is of a hook that answers with children."""
    return path.endswith("/sync") and path != "/namespaces/sync"
