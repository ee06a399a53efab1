"""Names: whatever a parent is called, its children are legal and no other parent's."""

import re

from calls import base_dataset, base_model, parent
from fake_cluster import Stage, identity
from hypothesis import given, settings
from hypothesis import strategies as st
from legal_names import LABELS, SUBDOMAINS

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LIMITS = {"StatefulSet": 52}
"""A StatefulSet's Pods carry its name, a hyphen and ten digits in a label; all else has 63."""

GIT = {"git": {"url": "https://example.com/x"}}
SPECS = {
    "Dataset": {"filename": "a.jsonl", "source": GIT},
    "Model": {"source": GIT},
    "ModelServer": {"modelName": "opt"},
    "Notebook": {"modelName": "opt"},
}
TUNED = {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
PARENTS = st.tuples(st.sampled_from([*SPECS.items(), ("Model", TUNED)]), SUBDOMAINS, LABELS).map(
    lambda given: parent(given[0][0], given[1], given[0][1], namespace=given[2])
)


def in_namespace(found, namespace):
    return {**found, "metadata": {**found["metadata"], "namespace": namespace}}


def every_child(found):
    """Return every child that an object ever has, until its Jobs are complete."""
    related = tuple(
        in_namespace(each, found["metadata"]["namespace"])
        for each in (base_model(), base_dataset())
    )
    stage, made = Stage(found, related=related), {}
    for _ in range(4):
        stage = stage.synced().completed()
        made |= {identity(each): each for each in stage.children}
    return list(made.values())


def labels_of(child):
    yield child["metadata"]["labels"]
    spec = child.get("spec", {})
    yield spec.get("template", {}).get("metadata", {}).get("labels", {})
    yield spec.get("selector", {}).get("matchLabels", {}) if child["kind"] == "StatefulSet" else {}
    yield spec.get("selector", {}) if child["kind"] == "Service" else {}


@settings(max_examples=150)
@given(found=PARENTS.filter(lambda each: each["metadata"]["name"] != "opt"))
def test_the_names_and_labels_of_all_children_are_legal(found):
    children = every_child(found)
    assert children
    for child in children:
        name = child["metadata"]["name"]
        assert DNS_LABEL.fullmatch(name)
        assert len(name) <= LIMITS.get(child["kind"], 63)
        for labels in labels_of(child):
            assert all(map(LABEL_KEY.fullmatch, labels))
            assert all(map(LABEL_VALUE.fullmatch, labels.values()))


@settings(max_examples=150)
@given(one=PARENTS, other=PARENTS)
def test_two_parents_never_share_a_child(one, other):
    other = in_namespace(other, one["metadata"]["namespace"])
    same = (one["kind"], one["metadata"]["name"]) == (other["kind"], other["metadata"]["name"])
    names = [
        {(each["kind"], each["metadata"]["name"]) for each in every_child(found)}
        for found in (one, other)
    ]
    assert same or not names[0] & names[1]


@settings(max_examples=300)
@given(name=SUBDOMAINS, data=st.data())
def test_a_parent_named_like_a_child_of_another_takes_nothing_of_it(name, data):
    kind = data.draw(st.sampled_from(sorted(SPECS)))
    first = every_child(parent(kind, name, SPECS[kind]))
    like = data.draw(st.sampled_from([each["metadata"]["name"] for each in first]))
    stem = data.draw(st.sampled_from([like, like.rpartition("-")[0], like.partition("-")[0]]))
    if not DNS_LABEL.fullmatch(stem) or stem == name:
        return
    other_kind = data.draw(st.sampled_from(sorted(SPECS)))
    second = every_child(parent(other_kind, stem, SPECS[other_kind]))
    names = [{(e["kind"], e["metadata"]["name"]) for e in found} for found in (first, second)]
    assert not names[0] & names[1]
