"""What Kubernetes itself says of its built-in kinds: their names, their fields, their merge keys.

The file kubernetes.json is compiled from Kubernetes' Go types and an API server's discovery by
recorder/compile.py. Fields are written as there: `[…]` is a list and `{…}` a map; ? marks a field
whose zero value is kept, ! one that is never left out; after a space is how `kubectl` merges.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field of a struct.

    Args:
        shape: what it holds: "list", "map", or "" for a single value.
        of: the struct, or the name of a scalar, of the value or its items.
        keeps_zero: whether false, 0 and "" are stored, rather than left out.
        always: whether it is stored even without a value.
        merge_key: by which `kubectl apply` finds an item of a list; * if the list is a set.
        retain_keys: whether `kubectl apply` removes the keys that it does not give.
    """

    shape: str
    of: str
    keeps_zero: bool
    always: bool
    merge_key: str
    retain_keys: bool


@cache
def _data() -> Mapping[str, Any]:
    text = files("metacontroller_offline").joinpath("kubernetes.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


def version() -> str:
    """Return the version of Kubernetes whose types these are."""
    return str(_data()["version"])


def kind_rows() -> Iterable[tuple[str, str, str, str, str]]:
    """Return apiVersion, kind, resource, traits (see compile.py) and struct of each kind."""
    rows: Iterable[tuple[str, str, str, str, str]] = _data()["kinds"]
    return rows


@cache
def struct(name: str) -> Mapping[str, Field]:
    """Return the fields of a struct, by their names."""
    return {key: _field(text) for key, text in _data()["structs"][name].items()}


def _field(text: str) -> Field:
    kind, _, how = text.partition(" ")
    bare = kind.rstrip("?!")
    shape = {"[": "list", "{": "map"}.get(bare[0], "")
    return Field(
        shape,
        bare[1:-1] if shape else bare,
        "?" in kind,
        "!" in kind,
        how.removesuffix("-"),
        how.endswith("-"),
    )
