"""Claims with results: one goes only when a later one is complete, and nobody names or uses it."""

import pytest
from calls import base_dataset, base_model, condition, parent
from fake_cluster import Stage, step_of

UPSTREAM = (base_model(), base_dataset())
TWICE = {"datasetName": "squad", "params": {"epochs": 2}}
NINE_TIMES = {"datasetName": "squad", "params": {"epochs": 9}}
MODEL = Stage(
    parent("Model", "tuned", {"source": {"modelName": "opt"}, "training": TWICE}), related=UPSTREAM
)
EARLY, LATE = "2026-01-02T03:00:00Z", "2026-01-02T03:02:00Z"


def run_of(job):
    return job["metadata"]["labels"]["substratus.ai/run"]


def trained(stage, made):
    """Return the Model when what it asks for is trained, and its new image is being built."""
    return stage.synced(made=made).completed("train").synced()


def packaged(stage):
    """Return the Model when its trained image is built."""
    return stage.completed("package").synced()


def claims(stage):
    """Return the claims of an answer, the older ones first."""
    held = [each for each in stage.children if each["kind"] == "PersistentVolumeClaim"]
    held.sort(key=lambda claim: claim["metadata"]["creationTimestamp"])
    return [claim["metadata"]["name"] for claim in held]


def nine_times_trained():
    """Return a Model that is ready, edited, trained again, and whose new image is being built."""
    ready = packaged(trained(MODEL, EARLY))
    assert condition(ready.answer(), "Ready")[0] == "True"
    return trained(ready.edited(training=NINE_TIMES), LATE)


def test_taking_an_edit_back_keeps_the_newer_result():
    stage = nine_times_trained()
    assert len(claims(stage)) == 2
    assert claims(stage.edited(training=TWICE).synced()) == claims(stage)


def test_taking_an_edit_back_is_ready_at_once():
    answer = nine_times_trained().edited(training=TWICE).answer()
    assert condition(answer, "Ready")[:2] == ("True", "BuiltAndPushed")


def test_after_taking_an_edit_back_trained_does_not_name_the_newer_result():
    stage = nine_times_trained()
    _, newer = claims(stage)
    assert newer not in condition(stage.edited(training=TWICE).answer(), "Trained")[2]


def test_the_edit_made_again_trains_nothing():
    back = nine_times_trained().edited(training=TWICE).synced()
    again = back.only("PersistentVolumeClaim").edited(training=NINE_TIMES).synced()
    assert [step_of(each) for each in again.children if each["kind"] == "Job"] == ["package"]


def test_every_result_that_a_status_names_has_its_claim():
    stage = nine_times_trained()
    _, newer = claims(stage)
    back = stage.edited(training=TWICE).synced()
    assert newer in back.parent["status"]["trainedUrl"]
    assert newer in claims(back)


def test_an_older_result_stays_until_the_newer_one_is_packaged():
    stage = nine_times_trained()
    older, _ = claims(stage)
    assert older in claims(stage.synced())


def test_an_older_result_goes_when_the_newer_one_is_packaged():
    stage = nine_times_trained()
    _, newer = claims(stage)
    assert claims(packaged(stage).synced()) == [newer]


def older_run(stage):
    """Return the id of the run whose result is older."""
    first, *_ = [each for each in stage.children if step_of(each) == "train"]
    return run_of(first)


def labelled(**labels):
    """Return a Pod that runs, with labels of a domain `substratus.ai`."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "reader", "namespace": "team", "labels": labels},
        "status": {"phase": "Running"},
    }


def test_an_older_result_stays_while_a_pod_uses_it():
    stage = nine_times_trained()
    older, _ = claims(stage)
    pod = labelled(**{"uses.substratus.ai/tuned": older_run(stage)})
    assert older in claims(packaged(stage.seeing(*UPSTREAM, pod)).synced())


def test_an_older_result_stays_while_a_pod_of_its_run_has_not_ended():
    stage = nine_times_trained()
    older, _ = claims(stage)
    pod = labelled(**{"substratus.ai/run": older_run(stage)})
    assert older in claims(packaged(stage.seeing(*UPSTREAM, pod)).synced())


def test_an_older_result_goes_while_a_pod_of_no_run_is_there():
    stage = nine_times_trained()
    _, newer = claims(stage)
    assert claims(packaged(stage.seeing(*UPSTREAM, labelled(app="x"))).synced()) == [newer]


@pytest.mark.parametrize("which", [0, 1], ids=["the older", "the newer"])
@pytest.mark.parametrize("made", ["", "yesterday"], ids=["no time", "no time to read"])
def test_a_result_stays_where_it_is_not_known_which_is_older(which, made):
    stage = nine_times_trained()
    name = claims(stage)[which]

    def undated(claim):
        if claim["metadata"]["name"] != name:
            return claim
        return {**claim, "metadata": {**claim["metadata"], "creationTimestamp": made}}

    unknown = packaged(stage.each("PersistentVolumeClaim", undated))
    assert sorted(claims(unknown.synced())) == sorted(claims(stage))
