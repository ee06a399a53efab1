"""What a real Metacontroller survives badly is an error here, which names the child or field."""

import pytest
from engine import bar, config_map, simulate
from metacontroller_offline import errors


def answering(*children):
    return lambda _: {"status": {}, "children": list(children)}


def stateful_set(*, memory="1Gi", env="x"):
    container = {
        "name": "main",
        "image": "x",
        "env": [{"name": "A", "value": env}],
        "resources": {"requests": {"memory": memory}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {
            "serviceName": "a",
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}},
        },
    }


BADLY = {
    "a child that is null": ([None], errors.NullListElement),
    "two children of one name": ([config_map(a="1"), config_map(a="2")], errors.DuplicateChild),
    "a child without a name": (
        [{**config_map(), "metadata": {"generateName": "a-", "namespace": "default"}}],
        errors.GenerateNameOnly,
    ),
    "a child elsewhere": (
        [{**config_map(), "metadata": {"name": "a", "namespace": "kube-system"}}],
        errors.ChildOutOfScope,
    ),
    "an empty map that the API server drops": (
        [{**config_map(), "data": {}}],
        errors.NeverConverges,
    ),
    "an explicit null": ([{**config_map(), "data": None}], errors.NeverConverges),
    "a quantity that is not canonical": ([stateful_set(memory="1024Mi")], errors.NeverConverges),
    "a variable that is empty": ([stateful_set(env="")], errors.NeverConverges),
}


@pytest.mark.parametrize(("children", "defect"), BADLY.values(), ids=BADLY)
def test_children_that_are_taken_badly(children, defect):
    with pytest.raises(defect):
        simulate(answering(*children), bar())


RULE = {"apiVersion": "v1", "resource": "configmaps", "namespace": "default"}
RULES = {
    "no names": ({**RULE, "names": []}, errors.EmptyNames),
    "a rule that is null": (None, errors.NullListElement),
    "names and a selector": (
        {**RULE, "names": ["a"], "labelSelector": {"matchLabels": {"a": "b"}}},
        errors.NamesWithSelector,
    ),
}


@pytest.mark.parametrize(("rule", "defect"), RULES.values(), ids=RULES)
def test_rules_that_are_taken_badly(rule, defect):
    with pytest.raises(defect):
        simulate(answering(), bar(), customize=lambda _: {"relatedResources": [rule]})


def test_a_name_that_a_foreign_object_holds_names_the_child():
    with pytest.raises(errors.NameHeldByForeignObject, match="a-config"):
        simulate(answering(config_map(a="1")), bar(), before=[config_map(theirs="1")])


def test_a_foreign_object_is_left_alone_where_one_asks_for_silence():
    sim, _ = simulate(
        answering(config_map(a="1")),
        bar(),
        before=[config_map(theirs="1")],
        allowed=[errors.NameHeldByForeignObject],
    )
    assert sim.cluster.get("v1", "ConfigMap", "default", "a-config")["data"] == {"theirs": "1"}


def test_429_without_retry_after_is_a_hot_loop():
    with pytest.raises(errors.RetryAfterMissing):
        simulate(lambda _: (429, {}, b""), bar())


def test_a_status_that_always_differs_is_a_hot_loop():
    count = iter(range(10_000))
    with pytest.raises((errors.VolatileStatus, errors.HotLoop, errors.NeverConverges)):
        simulate(lambda _: {"status": {"n": next(count)}, "children": []}, bar())
