"""The three-way merge of children: what was applied, what is there, what is wanted."""

import pytest
from metacontroller_offline.apply import last_applied, merge, updated
from metacontroller_offline.errors import HookError

CASES = {
    "a new key is added": ({}, {}, {"a": 1}, {"a": 1}),
    "a key of others stays": ({"b": 1}, {}, {"a": 1}, {"a": 1, "b": 1}),
    "a key no longer wanted goes": ({"a": 1, "b": 1}, {"a": 1}, {}, {"b": 1}),
    "a key that is wanted is put back": ({"a": 2}, {"a": 1}, {"a": 1}, {"a": 1}),
    "objects merge at every depth": ({"a": {"b": 1}}, {}, {"a": {"c": 1}}, {"a": {"b": 1, "c": 1}}),
    "a list without a key is replaced": ({"a": [1, 2]}, {"a": [1]}, {"a": [3]}, {"a": [3]}),
    "items are found by their name": (
        {"a": [{"name": "x", "theirs": 1}]},
        {},
        {"a": [{"name": "x", "ours": 1}]},
        {"a": [{"name": "x", "theirs": 1, "ours": 1}]},
    ),
    "an item of others stays, in its place": (
        {"a": [{"name": "theirs"}]},
        {},
        {"a": [{"name": "ours"}]},
        {"a": [{"name": "theirs"}, {"name": "ours"}]},
    ),
    "an item no longer wanted goes": (
        {"a": [{"name": "x"}, {"name": "y"}]},
        {"a": [{"name": "x"}, {"name": "y"}]},
        {"a": [{"name": "y"}]},
        {"a": [{"name": "y"}]},
    ),
    "what takes the place of a list removes it": (
        {"a": [1]},
        {"a": [1]},
        {"a": {"b": 1}},
        {"a": None},
    ),
    "a port is known by its number before its name": (
        {"a": [{"containerPort": 1, "name": "x"}]},
        {},
        {"a": [{"containerPort": 1, "name": "y"}]},
        {"a": [{"containerPort": 1, "name": "y"}]},
    ),
}


@pytest.mark.parametrize(("observed", "applied", "desired", "merged"), CASES.values(), ids=CASES)
def test_merges(observed, applied, desired, merged):
    assert merge(observed, applied, desired) == merged


def observed(**spec):
    return {
        "apiVersion": "v1",
        "kind": "X",
        "metadata": {"name": "a", "uid": "1", "resourceVersion": "7"},
        "spec": spec,
        "status": {"ready": True},
    }


def wanted(**spec):
    return {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a"}, "spec": spec}


def test_what_the_server_owns_stays_as_observed():
    result = updated(observed(a=1), {**wanted(a=2), "status": {"ready": False}})
    assert (result["metadata"]["resourceVersion"], result["status"]) == ("7", {"ready": True})


def test_applying_again_changes_nothing():
    once = updated(observed(a=1), wanted(a=2))
    assert updated(once, wanted(a=2)) == once


def test_what_was_applied_can_be_returned_as_it_is():
    once = updated(observed(a=1), wanted(a=2))
    assert updated(once, last_applied(once)) == once


def test_a_record_that_is_not_json_is_an_error_of_the_sync():
    name = "metacontroller.k8s.io/last-applied-configuration"
    with pytest.raises(HookError, match="can't unmarshal"):
        last_applied({"metadata": {"annotations": {name: "{"}}})
