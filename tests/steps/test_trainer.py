"""A training in an image of its own git source, which is built first."""

import pytest
from calls import annotated, child, completed, condition, edited, names_of, sync
from fake_cluster import Stage
from objects import GIT, TRAINER, TUNED, UPSTREAM

FIRST = Stage(TRAINER, related=UPSTREAM)
BUILDING = FIRST.after()
TRAINING = BUILDING.completed("trainer").after()
READY = TRAINING.completed("train").after().completed("package").after()


def job(stage, step):
    return next(
        each
        for each in stage.children
        if each["kind"] == "Job" and each["metadata"]["labels"]["substratus.ai/step"] == step
    )


def container(found):
    return found["spec"]["template"]["spec"]["containers"][0]


def test_the_trainer_is_built_before_anything_trains():
    assert len(names_of(sync(TRAINER, [], UPSTREAM))) == 1
    assert condition(sync(TRAINER, [], UPSTREAM), "Trained")[2] == (
        "Training waits for the trainer's image."
    )


def test_it_is_built_while_the_base_model_is_not_there():
    answered = sync(TRAINER)
    assert child(answered, "Job", "trainer")
    assert condition(answered, "Trained")[1] == "SourceModelNotFound"


def test_the_training_runs_in_it():
    built = TRAINING.parent["status"]["trainer"]["image"]
    assert container(job(TRAINING, "train"))["image"] == built


def test_the_result_is_added_to_the_base_models_image():
    packaging = TRAINING.completed("train").after()
    assert "BASE_IMAGE=registry/model-team.opt:aaaaaaaaaa" in str(
        container(job(packaging, "package"))["args"]
    )


def test_the_status_says_what_trained():
    provenance = READY.parent["status"]["provenance"]
    assert provenance["trainer"] == READY.parent["status"]["trainer"]["image"]
    assert (
        provenance["trainerGit"]["commit"] == TRAINER["spec"]["training"]["source"]["git"]["commit"]
    )


def test_a_result_remains_when_the_base_model_is_gone():
    answered = READY.seeing().answer()
    assert condition(answered, "Trained")[:2] == ("True", "Trained")


def train_job_of(model):
    stage = Stage(model, related=UPSTREAM).after().completed("trainer").after()
    return job(stage, "train")["metadata"]["name"]


@pytest.mark.parametrize("git", [{"branch": "other"}, {"path": "c"}, {"commit": "ab" * 20}])
def test_what_the_trainer_is_built_of_decides_the_training(git):
    source = {"git": {**GIT["git"], **git}}
    plain = edited(TUNED, training={"datasetName": "squad", "source": GIT})
    other = edited(TUNED, training={"datasetName": "squad", "source": source})
    assert train_job_of(plain) != train_job_of(other)


def test_a_rebuild_builds_the_trainer_again_and_trains_again():
    before = names_of(sync(READY.parent, READY.children, UPSTREAM))
    again = annotated(READY.parent, rebuild="2")
    answered = sync(again, READY.children, UPSTREAM)
    assert len({*names_of(answered)} - {*before}) == 1
    assert condition(answered, "TrainerBuilt")[0] == "False"


def test_a_trainer_whose_job_is_gone_is_not_built_again():
    (train,) = [each for each in TRAINING.children if each == job(TRAINING, "train")]
    answered = sync(TRAINING.parent, [train], UPSTREAM)
    assert names_of(answered) == [train["metadata"]["name"]]


def test_a_failed_build_of_the_trainer_says_so():
    answered = BUILDING.failed("trainer").answer()
    assert condition(answered, "TrainerBuilt")[1] == "BuildFailed"
    assert condition(answered, "Ready")[1] == "BuildFailed"


def test_its_job_has_no_more_disk_for_weights_that_it_does_not_hold():
    model = edited(TRAINER, size={"parameterCount": 10**11, "parameterBits": 16})
    found = child(sync(model, [], UPSTREAM), "Job", "trainer")
    assert container(found)["resources"]["requests"]["ephemeral-storage"] == "100Gi"


def test_a_complete_build_is_complete_without_its_status():
    built = completed(job(BUILDING, "trainer"))
    assert condition(sync(TRAINER, [built], UPSTREAM), "TrainerBuilt")[0] == "True"
