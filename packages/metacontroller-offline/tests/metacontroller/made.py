"""Cases for both engines: by hand, and of hypothesis' making."""

import json
from collections.abc import Iterator

from drive import GROUP, METHODS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

MADE = 120


def config_map(name="c", /, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def thing(name="t", /, **spec):
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Thing",
        "metadata": {"name": name},
        "spec": spec,
    }


def service(*ports, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s"},
        "spec": {"selector": {"a": "b"}, "ports": list(ports), **spec},
    }


def secret(**content):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, **content}


def with_metadata(child, **metadata):
    return {**child, "metadata": {**child["metadata"], **metadata}}


def answers(*lists, **status):
    return [{"answer": {"status": status, "children": children}} for children in lists]


def edit(kind, name, patch):
    return {"edit": {"kind": kind, "name": name, "patch": patch}}


def delete(kind, name):
    return {"delete": {"kind": kind, "name": name}}


A, B = {"name": "a", "v": 1}, {"name": "b", "v": 2}
HTTP, GRPC = {"name": "http", "port": 80}, {"name": "grpc", "port": 90}
HAND = {
    "a child is made": answers([config_map(a="1")]),
    "a child is changed": answers([config_map(a="1")], [config_map(a="2")]),
    "a key is dropped": answers([config_map(a="1", b="1")], [config_map(a="1")]),
    "a child is left out": answers([config_map(a="1")], []),
    "two children, one left out": answers(
        [config_map(a="1"), config_map("d", a="1")], [config_map("d", a="1")]
    ),
    "the data of others stays": [
        *answers([config_map(a="1")]),
        edit("ConfigMap", "c", {"data": {"theirs": "1"}}),
    ],
    "the data of others stays at a change": [
        *answers([config_map(a="1")]),
        edit("ConfigMap", "c", {"data": {"theirs": "1"}}),
        *answers([config_map(a="2")]),
    ],
    "what others change": [
        *answers([config_map(a="1")]),
        edit("ConfigMap", "c", {"data": {"a": "theirs"}}),
    ],
    "what others remove": [
        *answers([config_map(a="1")]),
        edit("ConfigMap", "c", {"data": {"a": None}}),
    ],
    "a child that others delete": [*answers([config_map(a="1")]), delete("ConfigMap", "c")],
    "labels": answers([with_metadata(config_map(a="1"), labels={"x": "1"})]),
    "labels change": answers(
        [with_metadata(config_map(a="1"), labels={"x": "1", "y": "1"})],
        [with_metadata(config_map(a="1"), labels={"x": "2"})],
    ),
    "annotations": answers([with_metadata(config_map(a="1"), annotations={"x": "1"})]),
    "annotations that are numbers": answers(
        [with_metadata(config_map(a="1"), annotations={"x": 1})]
    ),
    "labels that are null": answers([with_metadata(config_map(a="1"), labels=None)]),
    "labels that are numbers": answers([with_metadata(config_map(a="1"), labels={"x": 1})]),
    "data that are numbers": answers([config_map(a=1)]),
    "one child refused, the others made": answers([config_map(a=1), config_map("d", a="1")]),
    "data that are empty": answers([{**config_map(), "data": {}}]),
    "data that are null": answers([{**config_map(), "data": None}]),
    "an unknown field": answers([{**config_map(a="1"), "colour": "red"}]),
    "an unknown kind": answers([{**config_map(a="1"), "kind": "Nothing"}, config_map("d")]),
    "a status": answers([], phase="Up", count=1),
    "a status that is dropped": [*answers([], phase="Up"), *answers([])],
    "a status with nulls": answers([], phase=None, list=[], map={}),
    "a name that is taken": [
        {"apply": config_map(theirs="1")},
        *answers([config_map(a="1")]),
    ],
    "two children of one name": answers([config_map(a="1"), config_map(a="2")]),
    "a child with a status": answers([{**thing(a=1), "status": {"x": 1}}]),
    "an object for a string": answers([thing(x="text")], [thing(x={"a": 1})]),
    "a string for an object": answers([thing(x={"a": 1})], [thing(x="text")]),
    "a list for an object": answers([thing(x={"a": 1})], [thing(x=[1])]),
    "an object for a list": answers([thing(x=[1])], [thing(x={"a": 1})]),
    "null for an object": answers([thing(x={"a": 1})], [thing(x=None)]),
    "a list that is replaced": answers([thing(x=[1, 2])], [thing(x=[3])]),
    "a list that is merged": answers([thing(x=[A])], [thing(x=[B])]),
    "a list whose order changes": answers([thing(x=[A, B])], [thing(x=[B, A])]),
    "a list that loses an item": answers([thing(x=[A, B])], [thing(x=[A])]),
    "a list whose item loses a key": answers([thing(x=[A])], [thing(x=[{"name": "a"}])]),
    "a list that loses its key": answers([thing(x=[A])], [thing(x=[{"v": 3}])]),
    "a list with one key twice": answers([thing(x=[A, {"name": "a", "v": 9}])], []),
    "a list with one key twice, again": answers(
        [thing(x=[A, {"name": "a", "v": 9}])], [thing(x=[A, {"name": "a", "v": 9}], y=1)]
    ),
    "an item of others": [
        *answers([thing(x=[A])]),
        edit("Thing", "t", {"spec": {"x": [A, B]}}),
        *answers([thing(x=[{"name": "a", "v": 3}])]),
    ],
    "items with a port": answers([thing(x=[HTTP])], [thing(x=[{**HTTP, "name": "h2"}])]),
    "numbers": answers([thing(x=1.0, y=0.5, z=-0.0)]),
    "a service": answers([service(HTTP)]),
    "a service whose port changes": answers([service(HTTP)], [service({**HTTP, "port": 81})]),
    "a service with two ports": answers([service(HTTP, GRPC)], [service(GRPC)]),
    "a service with one number twice": answers(
        [service({"name": "t", "port": 53}, {"name": "u", "port": 53, "protocol": "UDP"})]
    ),
    "a headless service": answers([service(HTTP, clusterIP="None")]),
    "a service that becomes headless": answers([service(HTTP)], [service(HTTP, clusterIP="None")]),
    "a secret of texts": answers(
        [secret(stringData={"a": "b"})]
    ),
    "a secret of data": answers(
        [secret(data={"a": "Yg=="})]
    ),
    "a role without rules": answers(
        [{
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "r"},
            "rules": [],
        }]
    ),
}  # fmt: skip

_KEYS = st.sampled_from(["a", "b", "name", "port", "x"])
_SCALARS = st.one_of(
    st.sampled_from(["", "one", "two"]), st.integers(0, 3), st.booleans(), st.none()
)
_ITEMS = st.fixed_dictionaries(
    {"name": st.sampled_from(["p", "q", "r"])},
    optional={"v": _SCALARS, "port": st.integers(1, 3)},
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(_ITEMS, max_size=3),
        st.dictionaries(_KEYS, inner, max_size=3),
    ),
    max_leaves=5,
)
_DATA = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]), max_size=3)
_LABELS = st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["", "1", "2"]), max_size=2)


@st.composite
def _children(draw):
    made = []
    if draw(st.booleans()):
        made.append(config_map("c", **draw(_DATA)))
    if draw(st.booleans()):
        made.append(thing("t", **draw(st.dictionaries(_KEYS, _VALUES, max_size=3))))
    if draw(st.booleans()):
        made.append(with_metadata(config_map("d", k="v"), labels=draw(_LABELS)))
    return made


@st.composite
def _steps(draw):
    steps = answers(draw(_children()), phase=draw(st.sampled_from(["", "Up"])))
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["answer", "answer", "edit", "data", "delete"]))
        if kind == "answer":
            steps += answers(draw(_children()), phase=draw(st.sampled_from(["", "Up"])))
        elif kind == "edit":
            patch = {"spec": draw(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=2))}
            steps.append(edit("Thing", "t", patch))
        elif kind == "data":
            steps.append(edit("ConfigMap", "c", {"data": draw(_DATA)}))
        else:
            steps.append(delete("ConfigMap", draw(st.sampled_from("cd"))))
    return steps


def _of_hypothesis() -> list[tuple[str, list]]:
    found: dict[str, tuple[str, list]] = {}

    @settings(
        max_examples=MADE * 3,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(st.sampled_from(METHODS), _steps())
    def collect(method, steps):
        if len(found) < MADE:
            found.setdefault(json.dumps([method, steps]), (method, steps))

    collect()
    return list(found.values())


def all_cases() -> Iterator[dict]:
    """Yield every case, by hand for each method, and then those that hypothesis made."""
    by_hand = [(name, method, steps) for name, steps in HAND.items() for method in METHODS]
    made = [(f"made {at}", *each) for at, each in enumerate(_of_hypothesis())]
    for number, (name, method, steps) in enumerate([*by_hand, *made]):
        namespace = f"case-{number}"
        placed = [
            {"apply": with_metadata(step["apply"], namespace=namespace)}
            if "apply" in step
            else step
            for step in steps
        ]
        yield {"name": name, "method": method, "namespace": namespace, "steps": placed}
