"""Selectors, quantities and durations, as Kubernetes and Go read them."""

import pytest
from metacontroller_offline.durations import parse_duration
from metacontroller_offline.errors import UnsupportedError
from metacontroller_offline.quantities import canonical_quantity, parse_quantity
from metacontroller_offline.selectors import SelectorError, parse_selector, read_selector

QUANTITIES = {
    "1000m": "1",
    "500m": "500m",
    "0.5": "500m",
    0.5: "500m",
    1: "1",
    "1024Mi": "1Gi",
    "1.5Gi": "1536Mi",
    "512Ki": "512Ki",
    "100": "100",
    "1000k": "1M",
    "0": "0",
    "1e3": "1e3",
    "0.1n": "1n",
}


@pytest.mark.parametrize(("given", "canonical"), QUANTITIES.items(), ids=map(repr, QUANTITIES))
def test_quantities_are_written_canonically(given, canonical):
    assert canonical_quantity(given) == canonical


@pytest.mark.parametrize("given", ["", "1 Gi", "Gi", True, None, "one"], ids=repr)
def test_what_is_not_a_quantity(given):
    assert (parse_quantity(given), canonical_quantity(given)) == (None, None)


@pytest.mark.parametrize(
    ("text", "seconds"), [("10s", 10), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600)]
)
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "0s", "ten"])
def test_what_is_not_a_duration(text):
    with pytest.raises(UnsupportedError, match="is not a duration"):
        parse_duration(text)


def expression(operator, *values):
    return {
        "matchExpressions": [
            {"key": "a", "operator": operator, **({"values": list(values)} if values else {})}
        ]
    }


SELECTED = {
    "labels that are there": ({"matchLabels": {"a": "1"}}, True),
    "labels that differ": ({"matchLabels": {"a": "2"}}, False),
    "in": (expression("In", "1", "2"), True),
    "not in": (expression("NotIn", "1"), False),
    "exists": (expression("Exists"), True),
    "does not exist": (expression("DoesNotExist"), False),
    "nothing asked": ({}, True),
    "no selector": (None, True),
}


@pytest.mark.parametrize(("selector", "selected"), SELECTED.values(), ids=SELECTED)
def test_selectors(selector, selected):
    assert parse_selector(selector).matches({"a": "1"}) is selected


def test_not_in_holds_for_labels_without_the_key():
    assert parse_selector(expression("NotIn", "1")).matches({})


@pytest.mark.parametrize(
    "selector",
    [
        "a=b",
        {"labels": {}},
        {"matchLabels": {"a": 1}},
        {"matchExpressions": ["a"]},
        expression("Is", "1"),
        expression("In"),
        expression("Exists", "1"),
    ],
    ids=repr,
)
def test_what_is_not_a_selector(selector):
    with pytest.raises(SelectorError):
        parse_selector(selector)


WRITTEN = {
    "a=1": True,
    "a==1": True,
    "a=2": False,
    "a!=1": False,
    "a": True,
    "!a": False,
    "a in (1, 2)": True,
    "a notin (1,2)": False,
    "a=1,!b": True,
}


@pytest.mark.parametrize(("text", "selected"), WRITTEN.items(), ids=WRITTEN)
def test_selectors_as_kubectl_takes_them(text, selected):
    assert read_selector(text).matches({"a": "1"}) is selected


def test_a_text_that_is_not_a_selector():
    with pytest.raises(SelectorError, match="write key=value"):
        read_selector("a b")
