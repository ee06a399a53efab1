"""Whatever happens to an object and its children, in any order: nothing is lost, and it settles."""

import json
from datetime import timedelta

import stages
from calls import NOW, completed, failed
from fake_cluster import Stage, identity
from hypothesis import given, settings
from hypothesis import strategies as st

STAGES = stages.named()
RECORD = "metacontroller.k8s.io/last-applied-configuration"
HOLD = {"PersistentVolumeClaim", "StatefulSet", "Service"}
"""What is never given up while it lives, but for the claims of older training runs."""


def with_metadata(found, **metadata):
    return {**found, "metadata": {**found["metadata"], **metadata}}


def changed(stage, index, change):
    """Return the stage with one child changed; nothing where there is none."""
    children = list(stage.children)
    if children:
        at = index % len(children)
        children[at : at + 1] = change(children[at])
    return stage._replace(children=tuple(children))


def deleting(child):
    return [with_metadata(child, deletionTimestamp="2026-01-02T03:04:05Z")]


def without_record(child):
    kept = {k: v for k, v in child["metadata"]["annotations"].items() if k != RECORD}
    return [with_metadata(child, annotations=kept)]


def with_foreign_record(child):
    record = json.dumps({**child, "metadata": {"name": "other", "namespace": "team"}})
    return [with_metadata(child, annotations={**child["metadata"]["annotations"], RECORD: record})]


def grown(child):
    if child["kind"] != "PersistentVolumeClaim":
        return [child]
    return [{**child, "spec": {**child["spec"], "resources": {"requests": {"storage": "9Ti"}}}}]


def over(job_change):
    return lambda child: [job_change(child) if child["kind"] == "Job" else child]


def without_related(stage, index):
    if not stage.related:
        return stage
    gone = index % len(stage.related)
    return stage.seeing(*(each for at, each in enumerate(stage.related) if at != gone))


def without_status(stage):
    return stage._replace(parent={k: v for k, v in stage.parent.items() if k != "status"})


def with_upstream_not_ready(stage, index):
    related = list(stage.related)
    if related:
        at = index % len(related)
        related[at] = {key: value for key, value in related[at].items() if key != "status"}
    return stage.seeing(*related)


def event(change):
    return st.integers(0, 5).map(lambda index: lambda stage: changed(stage, index, change))


HARMLESS = (
    event(deleting),
    event(without_record),
    event(with_foreign_record),
    event(grown),
    event(over(completed)),
    event(over(failed)),
    st.integers(0, 5).map(lambda index: lambda stage: without_related(stage, index)),
    st.integers(0, 5).map(lambda index: lambda stage: with_upstream_not_ready(stage, index)),
    st.text(max_size=3).map(lambda value: lambda stage: stage.with_annotations(retry=value)),
    st.just(Stage.after),
)
"""What changes neither what is to be computed nor what is known to be complete."""

EVENTS = (
    *HARMLESS,
    event(lambda _: []),
    st.text(max_size=3).map(lambda value: lambda stage: stage.with_annotations(rebuild=value)),
    st.just(without_status),
)


@st.composite
def wandered(draw, events=EVENTS):
    """Return a stage that events have led away from where a Metacontroller would have it."""
    stage = STAGES[draw(st.sampled_from(sorted(STAGES)))]
    for happen in draw(st.lists(st.one_of(events), max_size=5)):
        stage = happen(stage)
    return stage


def superseded(stage, answered):
    """Return whether the claims of older training runs may go: the newest one is packaged."""
    trains = "training" in stage.parent["spec"]
    built = [each for each in answered["status"]["conditions"] if each["type"] == "Built"]
    return trains and built[0]["status"] == "True"


@settings(max_examples=400)
@given(stage=wandered())
def test_nothing_that_lives_and_holds_something_is_given_up(stage):
    answered = stage.answer()
    kept = {identity(each) for each in answered["children"]}
    held = {
        identity(each)
        for each in stage.children
        if each["kind"] in HOLD and "deletionTimestamp" not in each["metadata"]
    }
    claims = {each for each in held if each[0] == "PersistentVolumeClaim"}
    assert held - (claims if superseded(stage, answered) else set()) <= kept


@settings(max_examples=400)
@given(stage=wandered(HARMLESS))
def test_a_job_that_runs_is_not_stopped_while_its_inputs_are_the_same(stage):
    answered = stage.answer()
    kept = {identity(each) for each in answered["children"]}
    active = {
        identity(each)
        for each in stage.children
        if each.get("status", {}).get("active") and "deletionTimestamp" not in each["metadata"]
    }
    assert active <= kept


def gone(stage):
    """Return the stage once what is being deleted is gone."""
    left = [each for each in stage.children if "deletionTimestamp" not in each["metadata"]]
    return stage._replace(children=tuple(left))


@settings(max_examples=400)
@given(stage=wandered())
def test_it_settles_within_three_answers(stage):
    for _ in range(3):
        stage = gone(stage).after()
    later = stage.synced(now=NOW + timedelta(seconds=1))
    assert later.parent["status"] == stage.parent["status"]
    assert [identity(each) for each in later.children] == sorted(map(identity, stage.children))


@settings(max_examples=200)
@given(stage=wandered(), value=st.text(max_size=5))
def test_what_breaks_a_rule_keeps_every_living_child(stage, value):
    broken = {**stage.parent, "spec": {**stage.parent["spec"], "filename": f"/{value}"}}
    if broken["kind"] != "Dataset":
        broken["spec"] = {**broken["spec"], "modelName": f"/{value}", "source": {}}
    answered = stage._replace(parent=broken).answer()
    assert {each["reason"] for each in answered["status"]["conditions"]} == {"InvalidConfiguration"}
    living = [e for e in stage.children if "deletionTimestamp" not in e["metadata"]]
    assert {identity(e) for e in answered["children"]} == {identity(e) for e in living}
