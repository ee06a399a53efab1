"""A call may see an object as it was a moment ago: what a call that saw more has made stays."""

import json

import pytest
from calls import base_dataset, base_model, condition, edited, names_of, parent, stored, sync

GIT = {"git": {"url": "https://example.com/squad"}}
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)


def at(found, version):
    """Return an object as the API server holds it at a resource version."""
    return {**found, "metadata": {**found["metadata"], "resourceVersion": str(version)}}


OLD = [at(base_model(), 20), at(base_dataset(run="dddddddddd"), 30)]
NEW = [at(base_model(), 20), at(base_dataset(run="eeeeeeeeee"), 35)]


def training(model, upstream):
    """Return what a call has made: the claim, and a Job that runs."""
    job, claim = sync(model, [], upstream)["children"]
    return [stored(claim, model), stored(job, model, active=1)]


def kept(answer, children):
    names = {(each["kind"], each["metadata"]["name"]) for each in answer["children"]}
    return [(each["kind"], each["metadata"]["name"]) in names for each in children]


def test_a_job_says_which_versions_decided_its_run():
    job = training(at(TUNED, 10), NEW)[1]
    seen = json.loads(job["metadata"]["annotations"]["substratus.ai/seen"])
    assert seen == {"Model/tuned": "10", "Model/opt": "20", "Dataset/squad": "35"}


def test_a_call_that_sees_the_dataset_as_it_was_keeps_the_training():
    children = training(at(TUNED, 10), NEW)
    assert kept(sync(at(TUNED, 11), children, OLD), children) == [True, True]


def test_a_call_that_sees_the_dataset_as_it_was_starts_nothing():
    children = training(at(TUNED, 10), NEW)
    answer = sync(at(TUNED, 11), children, OLD)
    assert names_of(answer) == [children[1]["metadata"]["name"]]


def test_it_reports_the_job_that_runs():
    children = training(at(TUNED, 10), NEW)
    status, reason, message = condition(sync(at(TUNED, 11), children, OLD), "Trained")
    assert (status, reason) == ("False", "Training")
    assert children[1]["metadata"]["name"] in message


def test_a_call_that_sees_the_base_model_as_it_was_keeps_the_training():
    newer = [at(base_model(tag="bbbbbbbbbb"), 25), OLD[1]]
    children = training(at(TUNED, 10), newer)
    assert kept(sync(at(TUNED, 11), children, OLD), children) == [True, True]


def test_a_call_that_sees_one_as_it_was_and_the_other_as_it_is_keeps_the_training():
    children = training(at(TUNED, 10), NEW)
    mixed = [at(base_model(tag="bbbbbbbbbb"), 25), OLD[1]]
    assert kept(sync(at(TUNED, 11), children, mixed), children) == [True, True]


def test_a_call_that_sees_the_model_before_its_edit_keeps_the_training():
    edit = {"training": {"datasetName": "squad", "params": {"epochs": 9}}}
    children = training(at(edited(TUNED, **edit), 15), OLD)
    assert kept(sync(at(TUNED, 12), children, OLD), children) == [True, True]


def test_without_an_upstream_everything_is_kept():
    children = training(at(TUNED, 10), NEW)
    assert kept(sync(at(TUNED, 11), children, []), children) == [True, True]


@pytest.mark.parametrize(
    ("model", "upstream"),
    [
        pytest.param(at(TUNED, 11), NEW, id="new data"),
        pytest.param(
            at(edited(TUNED, training={"datasetName": "squad", "params": {"epochs": 9}}), 15),
            OLD,
            id="an edit",
        ),
    ],
)
def test_a_call_that_sees_more_ends_the_training_and_starts_the_next(model, upstream):
    claim, job = training(at(TUNED, 10), OLD)
    answer = sync(model, [claim, job], upstream)
    assert job["metadata"]["name"] not in names_of(answer)
    assert len(names_of(answer)) == 1


def test_the_claim_of_a_training_that_was_ended_is_kept():
    claim, job = training(at(TUNED, 10), OLD)
    answer = sync(at(TUNED, 11), [claim, job], NEW)
    assert claim["metadata"]["name"] in names_of(answer, "PersistentVolumeClaim")


def test_a_call_that_sees_a_dataset_before_its_edit_keeps_its_load():
    later = at(edited(DATASET, filename="train.jsonl"), 15)
    build = [stored(each, later, active=1) for each in sync(later)["children"]]
    assert kept(sync(at(DATASET, 12), build), build) == [True]


def test_versions_that_are_no_numbers_decide_nothing():
    children = training(at(TUNED, "abc"), [at(base_model(), "x"), at(base_dataset(), "y")])
    other = [at(base_model(), "x"), at(base_dataset(run="eeeeeeeeee"), "z")]
    assert kept(sync(at(TUNED, "abd"), children, other), children) == [True, True]


@pytest.mark.parametrize("seen", ["", "[]", '"x"', "{", "null", "1"])
def test_nothing_supersedes_a_job_that_does_not_say_what_decided_it(seen):
    claim, job = training(at(TUNED, 10), OLD)
    job["metadata"]["annotations"]["substratus.ai/seen"] = seen
    assert kept(sync(at(TUNED, 11), [claim, job], NEW), [claim, job]) == [True, True]
