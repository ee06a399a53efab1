"""Deadlines, retries and queues: they are asked of the next Job, and decide no result."""

import pytest
from calls import (
    base_dataset,
    base_model,
    child,
    completed,
    condition,
    edited,
    failed,
    names_of,
    parent,
    stored,
    sync,
)

from hooks.settings import Settings

SPEC = {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}}
DATASET = parent("Dataset", "squad", SPEC)
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
UPSTREAM = [base_model(), base_dataset()]
FIELDS = [{"deadlineSeconds": 60}, {"retries": 2}, {"queue": "team-a"}]


def job(**fields):
    """Return the training Job of a Model with these fields."""
    return child(sync(edited(TUNED, **fields), [], UPSTREAM), "Job", "train")


def test_a_deadline_is_the_jobs():
    assert job(deadlineSeconds=3600)["spec"]["activeDeadlineSeconds"] == 3600


def rules(**fields):
    """Return the rules by which the training Job of a Model with these fields reads a failure."""
    return job(**fields)["spec"]["podFailurePolicy"]["rules"]


@pytest.mark.parametrize("fields", [{}, {"retries": 0}, {"retries": 5}])
def test_a_pod_that_is_ended_from_outside_never_counts(fields):
    assert rules(**fields)[0] == {
        "action": "Ignore",
        "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
    }


@pytest.mark.parametrize("fields", [{}, {"retries": 0}, {"retries": 5}])
def test_a_trainer_that_heeds_sigterm_never_counts(fields):
    assert rules(**fields)[1] == {
        "action": "Ignore",
        "onExitCodes": {"containerName": "trainer", "operator": "In", "values": [143]},
    }


def test_without_retries_a_script_that_fails_ends_the_job():
    assert rules()[2] == {
        "action": "FailJob",
        "onExitCodes": {"operator": "NotIn", "values": [137, 143]},
    }


def test_with_retries_a_script_that_fails_is_tried_again_as_often():
    assert job(retries=5)["spec"]["backoffLimit"] == 5
    assert len(rules(retries=5)) == 2


@pytest.mark.parametrize("step", ["build", "load"])
def test_a_build_and_a_load_are_tried_again_twice_by_default(step):
    first = child(sync(DATASET), "Job", "build")
    built = completed(stored(first, DATASET))
    job = first if step == "build" else child(sync(DATASET, [built]), "Job", "load")
    found = job["spec"]
    assert (found["backoffLimit"], len(found["podFailurePolicy"]["rules"])) == (2, 2)


def test_the_settings_say_how_often_a_step_is_tried_again():
    patient = Settings.model_validate({"jobs": {"retries": {"train": 4}}})
    found = child(sync(TUNED, [], UPSTREAM, settings=patient), "Job", "train")["spec"]
    assert (found["backoffLimit"], len(found["podFailurePolicy"]["rules"])) == (4, 2)


def test_no_retries_at_all_are_asked_for_with_zero():
    assert job(retries=0)["spec"]["backoffLimit"] == 0


def test_a_job_in_a_queue_is_born_suspended_with_kueues_label():
    queued = job(queue="team-a")
    assert queued["spec"]["suspend"] is True
    assert queued["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team-a"


def test_its_pods_do_not_carry_the_queues_label():
    """Kueue takes a Pod with the label for one that waits by itself."""
    labels = job(queue="team-a")["spec"]["template"]["metadata"]["labels"]
    assert "kueue.x-k8s.io/queue-name" not in labels


def test_builds_wait_in_the_queue_too():
    built = child(sync(edited(DATASET, queue="team-a")), "Job", "build")
    assert built["spec"]["suspend"] is True


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_none_of_it_is_part_of_the_run(field):
    assert job(**field)["metadata"]["name"] == job()["metadata"]["name"]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_job_that_runs_stays_as_it_is(field):
    running = stored(child(sync(DATASET), "Job", "build"), DATASET, active=1)
    kept = child(sync(edited(DATASET, **field), [running]), "Job", "build")
    assert kept["spec"] == child(sync(DATASET, [running]), "Job", "build")["spec"]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_what_is_complete_is_not_run_again(field):
    built = completed(stored(child(sync(DATASET), "Job", "build"), DATASET))
    assert names_of(sync(edited(DATASET, **field), [built]))[0] == built["metadata"]["name"]
    assert condition(sync(edited(DATASET, **field), [built]), "Built")[0] == "True"


def queued():
    """Return a Dataset in a queue and its build Job, as Metacontroller made it."""
    dataset = edited(DATASET, queue="team-a")
    return dataset, stored(child(sync(dataset), "Job", "build"), dataset)


def test_the_condition_says_which_queue_a_job_waits_in():
    dataset, waiting = queued()
    name = waiting["metadata"]["name"]
    assert condition(sync(dataset, [waiting]), "Built") == (
        "False",
        "Queued",
        (
            f"The image's build waits in the queue team-a: Job {name} is suspended until Kueue "
            "lets it run."
        ),
    )


def test_the_condition_says_so_before_the_job_is_there():
    dataset, _ = queued()
    assert condition(sync(dataset), "Built")[1] == "Queued"


def admitted():
    """Return a Dataset in a queue and its build Job after Kueue let it run on nodes it chose."""
    dataset, waiting = queued()
    template = waiting["spec"]["template"]
    pod = {**template["spec"], "nodeSelector": {"flavor": "spot"}}
    spec = {**waiting["spec"], "suspend": False, "template": {**template, "spec": pod}}
    return dataset, {**waiting, "spec": spec}


def test_a_job_that_kueue_let_run_is_building():
    dataset, job_ = admitted()
    assert condition(sync(dataset, [job_]), "Built")[1] == "Building"


def test_a_job_that_kueue_let_run_is_returned_as_it_was_made():
    """The record of what was applied is not an update; Jobs are OnDelete besides."""
    dataset, job_ = admitted()
    assert child(sync(dataset, [job_]), "Job")["spec"]["suspend"] is True


def test_a_job_that_a_person_suspended_says_so():
    running = stored(child(sync(DATASET), "Job", "build"), DATASET)
    running["spec"]["suspend"] = True
    assert condition(sync(DATASET, [running]), "Built")[:2] == ("False", "Suspended")


def test_a_job_that_took_too_long_says_what_to_do():
    """An edit of the deadline alone starts nothing: it decides no result."""
    dataset = edited(DATASET, deadlineSeconds=60)
    late = failed(stored(child(sync(dataset), "Job", "build"), dataset))
    late["status"]["conditions"][0] |= {
        "reason": "DeadlineExceeded",
        "message": "Job was active longer than specified deadline",
    }
    assert condition(sync(dataset, [late]), "Built")[2].endswith(
        "DeadlineExceeded: Job was active longer than specified deadline. "
        "Raise spec.deadlineSeconds, which counts for the next Job; then delete this one "
        "or set the annotation substratus.ai/retry to a new value."
    )


def test_a_pod_that_is_on_its_way_out_does_not_hide_that_its_job_waits():
    dataset, waiting = queued()
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "p",
            "namespace": "team",
            "ownerReferences": [{"uid": waiting["metadata"]["uid"]}],
        },
        "spec": {"containers": [{"name": "builder", "image": "x"}]},
        "status": {
            "phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}],
        },
    }
    assert condition(sync(dataset, [waiting], [pod]), "Built")[1] == "Queued"
