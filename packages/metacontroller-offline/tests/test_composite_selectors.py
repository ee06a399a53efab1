"""A composite parent with a selector of its own adopts what matches and releases what does not."""

import copy

import pytest
from engine import CRD, bar, config_map, controller
from metacontroller_offline import Simulation
from metacontroller_offline.errors import NameHeldByForeignObject


def selecting():
    manifest = copy.deepcopy(controller())
    manifest["spec"]["generateSelector"] = False
    crd = copy.deepcopy(CRD)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"]["x-kubernetes-preserve-unknown-fields"] = True
    return crd, manifest


def labelled(name="a-config", **labels):
    found = config_map(name, k="v")
    return {**found, "metadata": {**found["metadata"], "labels": labels}}


def run(child, *before, selector=None):
    sim = Simulation(selecting(), lambda _: {"status": {}, "children": [child] if child else []})
    for each in before:
        sim.cluster.apply(each)
    wanted = {"matchLabels": {"app": "a"}} if selector is None else selector
    sim.cluster.apply(bar(selector=wanted))
    sim.settle(may_fail=True)
    return sim


def errors(sim):
    return {each.what for each in sim.timeline.events if "SyncError" in each.what}


def owners(sim, name="a-config"):
    found = sim.cluster.get("v1", "ConfigMap", "default", name)
    return [each["name"] for each in found["metadata"].get("ownerReferences", [])]


def test_children_carry_the_labels_that_their_parent_selects():
    assert owners(run(labelled(app="a"))) == ["a"]


def test_a_child_that_its_parent_does_not_select_is_an_error():
    (error,) = errors(run(labelled(app="b")))
    assert "don't match parent selector" in error


def test_a_parent_without_a_selector_is_an_error():
    (error,) = errors(run(labelled(app="a"), selector={}))
    assert ".spec.selector must have" in error


def test_an_orphan_that_matches_is_adopted():
    assert owners(run(labelled(app="a"), labelled(app="a"))) == ["a"]


def test_an_orphan_that_matches_and_is_not_desired_is_deleted():
    assert run(None, labelled(app="a")).cluster.list("v1", "ConfigMap") == []


def test_an_orphan_that_comes_later_is_adopted():
    sim = run(labelled("mine", app="a"))
    sim.cluster.apply(labelled("other", app="a"))
    sim.settle()
    assert [each["metadata"]["name"] for each in sim.cluster.list("v1", "ConfigMap")] == ["mine"]


def test_a_child_that_loses_its_label_is_released():
    sim = run(labelled(app="a"))
    found = sim.cluster.get("v1", "ConfigMap", "default", "a-config")
    found["metadata"]["labels"] = {}
    sim.cluster.update(found)
    with pytest.raises(NameHeldByForeignObject):
        sim.settle()
    assert owners(sim) == []
