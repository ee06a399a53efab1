"""`substratus graph`: what depends on what."""

import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.commands import SMALL, model, run, text, thing, trained
from substratus.commands.graph.dependencies import State, graph
from substratus.commands.graph.layout import layout

DATA = thing("Dataset", "data", filename="a", source={"git": {"url": "https://example.com/a"}})


def placed(found, **status):
    return {
        **found,
        "metadata": {"namespace": "team", **found["metadata"]},
        **({"status": status} if status else {}),
    }


def condition(status, reason):
    return {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": "",
        "lastTransitionTime": "",
    }


def states(*objects):
    return {each.name: each.state for each in graph(objects).nodes}


def test_an_edge_leads_from_what_is_waited_for():
    found = graph([placed(each) for each in (model("base"), DATA, trained("tuned", "base"))])
    assert found.edges == (
        (("Model", "team", "base"), ("Model", "team", "tuned")),
        (("Dataset", "team", "data"), ("Model", "team", "tuned")),
    )


def test_a_name_that_no_object_has_is_missing():
    assert states(placed(thing("Notebook", "a", modelName="b"))) == {
        "a": State.UNKNOWN,
        "b": State.MISSING,
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"conditions": [condition("True", "Built")]}, State.READY),
        ({"conditions": [condition("False", "BuildFailed")]}, State.NOT_READY),
        ({"conditions": [condition("Unknown", "Pending")]}, State.NOT_READY),
        ({}, State.UNKNOWN),
    ],
    ids=["ready", "failed", "pending", "no status"],
)
def test_readiness_is_what_the_condition_says(status, state):
    assert states(placed(model("a"), **status)) == {"a": state}


def test_a_change_that_is_not_seen_yet_is_not_ready():
    found = placed(model("a"), conditions=[condition("True", "Built")], observedGeneration=1)
    found["metadata"]["generation"] = 2
    assert states(found) == {"a": State.NOT_READY}


def test_mermaid_has_a_line_for_each_object_and_each_edge():
    lines = run("graph", "-f", SMALL).stdout.splitlines()
    assert (sum(":::" in line for line in lines), sum("-->" in line for line in lines)) == (7, 6)


def test_a_reason_cannot_break_out_of_mermaid():
    found = placed(model("a"), conditions=[condition("False", 'x"]; click a "javascript:b')])
    printed = run("graph", "-f", "-", text=text(found)).stdout
    assert '"javascript' not in printed


def test_the_picture_is_xml_with_a_title_for_each_object():
    root = ET.fromstring(run("graph", "-f", SMALL, "-o", "svg").stdout)  # noqa: S314 - our own
    assert len([*root.iter("{http://www.w3.org/2000/svg}title")]) == 7


def test_the_picture_needs_nothing_from_elsewhere():
    picture = run("graph", "-f", SMALL, "-o", "svg").stdout
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


NODES = st.integers(0, 30)


@settings(deadline=None)
@given(st.lists(st.tuples(NODES, NODES).filter(lambda edge: edge[0] < edge[1]), max_size=60))
def test_no_two_things_are_in_one_place(edges):
    found = layout(range(31), edges)
    places = [(found.column[node], found.row[node]) for node in range(31)]
    places += [place for route in found.routes.values() for place in route]
    by_column = {}
    for column, row in places:
        by_column.setdefault(column, []).append(row)
    for rows in by_column.values():
        rows.sort()
        assert all(after - before > 0.999 for before, after in itertools.pairwise(rows))


@settings(deadline=None)
@given(st.lists(st.tuples(NODES, NODES).filter(lambda edge: edge[0] < edge[1]), max_size=60))
def test_every_edge_leads_to_the_right(edges):
    found = layout(range(31), edges)
    assert all(found.column[before] < found.column[after] for before, after in edges)


def test_a_circle_is_drawn():
    found = layout("ab", [("a", "b"), ("b", "a")])
    assert {found.column["a"], found.column["b"]} == {0, 1}
