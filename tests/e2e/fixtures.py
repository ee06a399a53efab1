"""Requests of a real Metacontroller, kept as fixtures for the tests that need no cluster."""

import json
import re
import shutil
import sys
from pathlib import Path

DIRECTORY = Path(__file__).parents[1] / "fixtures" / "recorded"
RECORDING = "--record" in sys.argv


def write(calls):
    """Write the first call of each kind for each state that its answer tells of."""
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    seen = set()
    for call in calls:
        case = _case(call)
        if case in seen:
            continue
        seen.add(case)
        target = DIRECTORY / case
        target.mkdir(parents=True)
        _write(target / "request.json", call["request"])
        _write(target / "answer.json", call["answer"])
        about = {"path": call["path"], "time": call["time"].isoformat()}
        _write(target / "call.json", about)


def write_children(children):
    """Write what a real Metacontroller applied to each child."""
    _write(DIRECTORY / "children.json", children)


def _case(call):
    """Return a directory's name: the hook, and the state in words."""
    hook = call["path"].strip("/").replace("/", "-")
    if not hook.endswith("-sync") or hook.startswith("namespaces"):
        return hook
    conditions = call["answer"]["status"]["conditions"]
    states = [f"{each['type']} {each['reason']}" for each in conditions if each["type"] != "Ready"]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", " and ".join(states)).lower()
    return f"{hook}/{words.replace(' ', '-')}"


def _write(path, value):
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
