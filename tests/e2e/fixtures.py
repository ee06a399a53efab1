"""Requests of a real Metacontroller, kept as fixtures for the tests that need no cluster."""

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from processes import ROOT
from recorder import Call

DIRECTORY = ROOT / "tests" / "fixtures" / "recorded"
EVERY_CALL = ROOT / "build" / "e2e" / "recorded"


def write(calls: Iterable[Call], directory: Path) -> None:
    """Write one call of each case.

    A case is a hook, the state that its answer tells of, and the steps and kinds of the children
    that were there: `models-sync/built-building` for the first of a state, and
    `models-sync/built-building-with-build-job` for another set of children in it.
    """
    seen: set[tuple[str, str]] = set()
    for call in calls:
        state, children = _state(call), _children(call)
        if call.status != 200 or (state, children) in seen:
            continue
        first = not any(state == each for each, _ in seen)
        seen.add((state, children))
        target = directory / (state if first else f"{state}-with-{children}")
        target.mkdir(parents=True)
        about = {"path": call.path, "time": call.time.isoformat()}
        for part, value in (("request", call.request), ("answer", call.answer), ("call", about)):
            _write(target / f"{part}.json", value)


def write_every(calls: Iterable[Call], directory: Path) -> None:
    """Write all calls in their order, refused ones too, a directory for each hook."""
    shutil.rmtree(directory, ignore_errors=True)
    for number, call in enumerate(calls):
        target = directory / call.path.strip("/")
        target.mkdir(parents=True, exist_ok=True)
        content = {"time": call.time.isoformat(), "seconds": call.seconds, "status": call.status}
        content |= {"request": call.request, "answer": call.answer}
        _write(target / f"{number:05}.json", content)


def write_children(children: dict, directory: Path) -> None:
    """Write what a real Metacontroller applied to each child."""
    _write(directory / "children.json", children)


def clear(directory: Path) -> None:
    """Make the directory anew."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)


def _state(call: Call) -> str:
    """Return a directory's name: the hook, and the state in words."""
    hook = call.path.strip("/").replace("/", "-")
    if not hook.endswith("-sync") or "parent" not in call.request or call.status != 200:
        return hook
    conditions = call.answer["status"]["conditions"]
    states = [f"{each['type']} {each['reason']}" for each in conditions if each["type"] != "Ready"]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", " and ".join(states)).lower()
    return f"{hook}/{words.replace(' ', '-')}"


def _children(call: Call) -> str:
    """Return the children that a request holds, as words: their steps and kinds."""
    found = {
        "-".join(filter(None, (_step(child), kind.partition(".")[0].lower())))
        for kind, children in (call.request.get("children") or {}).items()
        for child in children.values()
    }
    return "-and-".join(sorted(found)) or "no-children"


def _step(child: dict) -> str:
    return child["metadata"].get("labels", {}).get("substratus.ai/step", "")


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
