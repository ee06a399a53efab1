"""Objects that are legal but for one to three places, as hypothesis makes them."""

import copy
from typing import Any

from hypothesis import strategies as st
from legal import objects

PIECES = st.sampled_from(
    ["", "-", ".", "..", "/", "//", "/..", "@", ":p@", "%0a", "%7F", "\n", ".lock", " ", "é", "A"]
) | st.text(max_size=3)
TEXTS = st.sampled_from(["", "case", "PATH", "PARAM_X", "epochs", "GPU", "move", "serve"]) | PIECES
GRAFTS: dict[str, Any] = {
    "git": {"url": "https://example.com/x"},
    "modelName": "case",
    "training": {"datasetName": "squad"},
    "env": [{"name": "A", "value": ""}, {"name": "B"}],
    "value": "",
    "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}},
    "from": "a",
    "accelerator": "a",
    "types": ["CPU"],
    "extra": {"epochs": "1", "a": "b"},
    "step": "serve",
    "kind": "Service",
    "queue": "a.b",
}


def places(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to each value in a value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(place for key, below in inner for place in places(below, (*at, key)))]


@st.composite
def damaged_objects(draw):
    """Return an object after one to three changes of its spec."""
    manifest = copy.deepcopy(draw(objects()))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(manifest["spec"], ("spec",))))
        holder = manifest
        for key in way:
            holder = holder[key]
        if isinstance(holder[last], dict):
            name = draw(st.sampled_from(sorted(GRAFTS)))
            holder[last][name] = copy.deepcopy(GRAFTS[name])
        elif isinstance(holder[last], str):
            holder[last] = draw(TEXTS | spliced(holder[last]))
        elif way:
            del holder[last]
    return manifest


@st.composite
def spliced(draw, text):
    """Return a text with a few characters in it replaced."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 2)))
    return text[:start] + draw(PIECES) + text[end:]
