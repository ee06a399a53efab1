"""Requests of a real Metacontroller, kept as fixtures for the tests that need no cluster."""

import itertools
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from processes import ROOT
from recorder import Call

DIRECTORY = ROOT / "tests" / "fixtures" / "recorded"
EVERY_CALL = ROOT / "build" / "e2e" / "recorded"


STEPS = {"TrainerBuilt": "trainer", "Trained": "train", "Built": "build", "Loaded": "load"}
ORDER = ("ModelReady", *STEPS, "Serving", "Running")
OWN = ("NotebookNotReady", "ServerNotReady")
"""Reasons in which a parent speaks of itself."""


def write(calls: Iterable[Call], directory: Path) -> None:
    """Write one call of each case, without `managedFields`, which the hooks do not read.

    A case is a hook, the state that its answer reports, and the children that were there:
    `models-sync/building-with-build-job`.
    """
    for call in calls:
        target = directory / _case(call)
        if call.status != 200 or target.exists():
            continue
        target.mkdir(parents=True)
        about = {"path": call.path, "time": call.time.isoformat()}
        request = without_managed_fields(call.request)
        for part, value in (("request", request), ("answer", call.answer), ("call", about)):
            _write(target / f"{part}.json", value)


def without_managed_fields(value: Any) -> Any:
    """Return the same JSON without who wrote which field, a quarter of what an API server sends."""
    if isinstance(value, dict):
        return {
            key: without_managed_fields(below)
            for key, below in value.items()
            if key != "managedFields"
        }
    return [without_managed_fields(each) for each in value] if isinstance(value, list) else value


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
    """Empty the directory."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)


def _case(call: Call) -> str:
    hook = call.path.strip("/").replace("/", "-")
    if call.status != 200 or not hook.endswith("-sync") or "parent" not in call.request:
        return hook
    return f"{hook}/{_state(call.answer['status']['conditions'])}-with-{_children(call.request)}"


def _state(conditions: list[dict]) -> str:
    """Return the state in words: the steps that are not done, or the last one if all are."""
    steps = sorted(
        (each for each in conditions if each["type"] != "Ready"),
        key=lambda each: ORDER.index(each["type"]),
    )
    rest = [*itertools.dropwhile(lambda each: each["status"] == "True", steps)] or steps[-1:]
    return "-and-".join(_words(each) for each in rest if each["reason"] != "Pending")


def _words(condition: dict) -> str:
    """Return what a step does: its reason, with the step where others have that reason too."""
    type_, reason = condition["type"], condition["reason"]
    if condition["status"] == "True":
        return type_.lower()
    if reason in OWN:
        return "not-ready"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", reason).lower()
    step = STEPS.get(type_, "")
    return words if words.startswith(step) else f"{step}-{words}"


def _children(request: dict) -> str:
    """Return the kinds of the children that a request holds, and the steps of the Jobs."""
    names = {
        _child(kind.partition(".")[0], child)
        for kind, children in (request.get("children") or {}).items()
        for child in children.values()
    }
    return "-".join(sorted(names)) or "no-children"


def _child(kind: str, child: dict) -> str:
    if kind == "Job":
        return f"{child['metadata']['labels']['substratus.ai/step']}-job"
    return "claim" if kind == "PersistentVolumeClaim" else kind.lower()


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
