"""Objects, legal and not, made by hand and by hypothesis: from a legal one, a field or two altered.

What is altered is drawn from the CRDs' own fields, so a field that the API gains is altered too.
"""

import copy
from collections.abc import Iterator

import yaml
from hypothesis import strategies as st
from processes import ROOT

from substratus.manifests import crds

CASES = yaml.safe_load((ROOT / "tests" / "api" / "rules.yaml").read_text())
GIT = {"url": "https://example.com/a/b.git", "branch": "main", "path": "a/b"}
LEGAL = {
    "Dataset": {"filename": "data.jsonl", "source": {"git": GIT}},
    "Model": {
        "source": {"git": GIT},
        "size": {"parameterCount": 1000, "parameterBits": 16},
        "compute": {"types": ["GPU", "CPU"]},
    },
    "ModelServer": {"modelName": "model"},
    "Notebook": {"modelName": "model", "suspend": True},
}
TRAINED = {
    "source": {"modelName": "base"},
    "training": {"datasetName": "data", "params": {"epochs": 1, "batchSize": 2, "dataLimit": 3}},
}
METADATA = [
    {"name": "a.b.c"},
    {"name": "a" * 253},
    {"name": "a" * 254},
    {"name": "A"},
    {"name": "a_b"},
    {"name": "-a"},
    {"name": ""},
    {"name": 12},
    {"name": "a", "labels": {"team": "a"}},
    {"name": "a", "labels": {"team": ""}},
    {"name": "a", "labels": {"team": 1}},
    {"name": "a", "labels": {"a b": "c"}},
    {"name": "a", "labels": {"example.com/a": "b"}},
    {"name": "a", "labels": {"example.com/": "b"}},
    {"name": "a", "labels": {"/a": "b"}},
    {"name": "a", "labels": {"a/b/c": "b"}},
    {"name": "a", "labels": {"a": "b" * 63}},
    {"name": "a", "labels": {"a": "b" * 64}},
    {"name": "a", "labels": {"a": "-b"}},
    {"name": "a", "labels": {"a": None}},
    {"name": "a", "labels": None},
    {"name": "a", "labels": []},
    {"name": "a", "annotations": {"a": "b" * 300_000}},
    {"name": "a", "annotations": {"a": True}},
    {"name": "a", "annotations": {"Example.com/A": "b"}},
    {"name": "a", "annotations": {"substratus.ai/retry": "1"}},
    {"name": "a", "finalizers": ["a"]},
    {"name": "a", "finalizers": ["a b"]},
    {"name": "a", "finalizers": [None]},
    {"name": "a", "annotations": {"a b": "c"}},
    {"name": "a", "annotations": {"a": None}},
    {"name": "a", "finalizers": ["example.com/a"]},
    {"name": "a", "finalizers": "example.com/a"},
    {"name": "a", "unknown": 1},
    {"name": "a", "generation": 3},
    {"name": "a", "generation": "3"},
    {"name": "a", "ownerReferences": [{"name": "a"}]},
    {"name": "a", "creationTimestamp": None},
    {"name": "a", "generateName": "b-"},
]
"""By hand: what an API server says of metadata, which no CRD has."""

ODD_VALUES = st.one_of(
    st.sampled_from([None, "", 0, 1, -1, 1.0, 1.5, True, False, [], {}, [None], {"a": 1}, "CPU"]),
    st.sampled_from([["CPU"], ["CPU", "CPU"], ["TPU"], ["GPU", "CPU", "GPU"], "1", 10**15]),
    st.sampled_from([10**15 + 1, 2**31, 2**63 - 1, 128, 129, "a" * 254, "a" * 1025, "a\n", " a"]),
    st.sampled_from(["../a", "a/../b", "-a", "a..b", ".a", "Ä", "a b", "a.b", "https://a", "%00"]),
    st.sampled_from(["https://a/b", "ssh://git@a/b", "git@a:b", "https://u:p@a/b", "ftp://a/b"]),
    st.text(max_size=8),
    st.integers(-(2**40), 2**40),
)

NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?([.][a-z0-9]{1,9})?", fullmatch=True)
COUNTS = st.integers(1, 10**15)
PLAUSIBLE = {
    **dict.fromkeys(("modelName", "datasetName"), NAMES),
    **dict.fromkeys(("parameterCount", "epochs", "batchSize", "dataLimit"), COUNTS),
    "parameterBits": st.integers(1, 128),
    "suspend": st.booleans(),
    "types": st.lists(st.sampled_from(["CPU", "GPU"]), min_size=1, max_size=2),
    "filename": st.from_regex(r"[A-Za-z0-9_.][-A-Za-z0-9_.+@=]{0,20}", fullmatch=True),
    "branch": st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.+@=/-]{0,20}", fullmatch=True),
    "path": st.from_regex(r"[A-Za-z0-9_.+@~%=/-]{1,20}", fullmatch=True),
}
"""Values that are legal, or nearly so, by the field's name."""


def hand_made() -> Iterator[dict]:
    """Yield the cases of the rules, and a Model with each metadata."""
    yield from (each["object"] for each in (*CASES["accepted"], *CASES["refused"]))
    yield from ({**made("Model", LEGAL["Model"]), "metadata": each} for each in METADATA)


def made(kind: str, spec: dict) -> dict:
    metadata = {"name": "case"}
    return {"apiVersion": "substratus.ai/v1", "kind": kind, "metadata": metadata, "spec": spec}


def _places() -> dict[str, list[tuple[str, ...]]]:
    """Return the path of each field that the spec of a kind may have."""
    return {
        crd["spec"]["names"]["kind"]: [
            ("spec", *path)
            for path in _fields(
                crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
            )
        ]
        for crd in crds()
    }


def _fields(schema: dict) -> Iterator[tuple[str, ...]]:
    for name, below in schema.get("properties", {}).items():
        yield (name,)
        yield from ((name, *rest) for rest in _fields(below))


PLACES = _places()


@st.composite
def objects(draw) -> dict:
    """Draw an object: legal, or with one or two fields altered, added or left out."""
    kind = draw(st.sampled_from([*LEGAL]))
    spec = draw(st.sampled_from([LEGAL[kind], *([TRAINED] if kind == "Model" else [])]))
    found = copy.deepcopy(made(kind, spec))
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from([*PLACES[kind], ("spec",), ("spec", "unknown")]))
        if path[-1] in PLAUSIBLE and draw(st.integers(0, 4)):
            _put(found, path, draw(PLAUSIBLE[path[-1]]))
        elif draw(st.booleans()):
            _put(found, path, draw(ODD_VALUES))
        else:
            _drop(found, path)
    return found


def _put(found: dict, path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        if not isinstance(found.get(name), dict):
            found[name] = {}
        found = found[name]
    found[path[-1]] = value


def _drop(found: dict, path: tuple[str, ...]) -> None:
    for name in path[:-1]:
        found = found.get(name)
        if not isinstance(found, dict):
            return
    found.pop(path[-1], None)
