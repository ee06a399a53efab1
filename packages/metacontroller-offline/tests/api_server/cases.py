"""Cases for the comparison of the offline API server with a real one: each changes one thing."""

import copy
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
RECORDED = FOLDER / "recorded.json"
BASES = yaml.safe_load((FOLDER / "bases.yaml").read_text())
_UNKNOWN = "unknownField"
_VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation")


def title(base: dict) -> str:
    return f"{base['kind']} {base['metadata']['name']}"


def paths(value: Any, at: tuple = ()) -> Iterator[tuple]:
    """Yield the path of every value below one."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        yield (*at, key)
        if isinstance(each, dict | list):
            yield from paths(each, (*at, key))


def at(value: Any, path: tuple) -> Any:
    for key in path:
        value = value[key]
    return value


def with_value(manifest: dict, path: tuple, value: Any) -> dict:
    changed = copy.deepcopy(manifest)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def without(manifest: dict, path: tuple) -> dict:
    changed = copy.deepcopy(manifest)
    del at(changed, path[:-1])[path[-1]]
    return changed


def written(path: tuple) -> str:
    return ".".join(map(str, path))


def _content(manifest: dict) -> Iterator[tuple]:
    for path in paths(manifest):
        if path[0] not in {"apiVersion", "kind", "metadata", "status"}:
            yield path


def creations(base: dict) -> Iterator[tuple[str, dict]]:
    """Yield manifests that differ from a legal one in one place, with what was done."""
    yield "as it is", base
    yield "with an unknown field", {**base, _UNKNOWN: 1}
    for path in _content(base):
        name, value = written(path), at(base, path)
        yield f"without {name}", without(base, path)
        yield f"{name} null", with_value(base, path, None)
        if isinstance(value, dict):
            yield f"{name} with an unknown field", with_value(base, (*path, _UNKNOWN), 1)
            yield f"{name} empty", with_value(base, path, {})
            yield f"{name} a string", with_value(base, path, "text")
        elif isinstance(value, list):
            yield f"{name} empty", with_value(base, path, [])
            yield f"{name} an object", with_value(base, path, {})
        elif isinstance(value, str):
            yield f"{name} empty", with_value(base, path, "")
            yield f"{name} a number", with_value(base, path, 7)
            yield f"{name} odd", with_value(base, path, "Odd Value!")
        elif isinstance(value, bool):
            yield f"{name} the other", with_value(base, path, not value)
            yield f"{name} a string", with_value(base, path, "true")
        else:
            yield f"{name} zero", with_value(base, path, 0)
            yield f"{name} negative", with_value(base, path, -1)
            yield f"{name} a string", with_value(base, path, "7")


def changes(stored: dict) -> Iterator[tuple[str, dict]]:
    """Yield updates of a stored object that differ from it in one place."""
    for path in _content(stored):
        name, value = written(path), at(stored, path)
        yield f"without {name}", without(stored, path)
        if isinstance(value, bool):
            yield f"{name} the other", with_value(stored, path, not value)
        elif isinstance(value, int):
            yield f"{name} more", with_value(stored, path, value + 1)
        elif isinstance(value, str):
            yield f"{name} longer", with_value(stored, path, f"{value}x")


def digest(manifest: dict) -> str:
    """Return what is compared of a stored object: all but what differs from run to run."""
    text = json.dumps(comparable(manifest), sort_keys=True)
    return sha256(text.encode()).hexdigest()[:10]


def comparable(manifest: dict) -> dict:
    metadata = {key: each for key, each in manifest["metadata"].items() if key not in _VOLATILE}
    # What holds a claim is not emulated, nor is the default for it.
    metadata.pop("finalizers", None)
    text = json.dumps({**manifest, "metadata": metadata}, sort_keys=True)
    text = text.replace(manifest["metadata"]["uid"], "UID")
    text = re.sub(r'"10\.96\.\d+\.\d+"', '"ADDRESS"', text)
    return json.loads(re.sub(r'"nodePort": \d+', '"nodePort": 0', text))
