"""Variables of a person: who gets them, and what of them decides a result."""

import pytest
from calls import (
    base_dataset,
    base_model,
    child,
    completed,
    condition,
    edited,
    parent,
    stored,
    sync,
)
from fake_cluster import Stage

TOKEN = {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}}
REVISION = {"name": "REVISION", "value": "main"}
SPEC = {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}}
DATASET = parent("Dataset", "squad", SPEC)
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
NOTEBOOK = parent("Notebook", "opt", {"modelName": "opt"})
UPSTREAM = [base_model(), base_dataset()]


def loader(*env):
    dataset = edited(DATASET, env=list(env)) if env else DATASET
    built = completed(stored(child(sync(dataset), "Job", "build"), dataset))
    return child(sync(dataset, [built]), "Job", "load")


def trainer(*env):
    model = edited(TUNED, env=list(env)) if env else TUNED
    return child(sync(model, [], UPSTREAM), "Job", "train")


def variables(workload):
    return workload["spec"]["template"]["spec"]["containers"][0].get("env", [])


def run(job):
    return job["metadata"]["labels"]["substratus.ai/run"]


def workload(found, *env):
    return child(sync(edited(found, env=list(env)), [], UPSTREAM), "StatefulSet")


@pytest.mark.parametrize(
    "made",
    [
        loader(TOKEN, REVISION),
        trainer(TOKEN, REVISION),
        workload(SERVER, TOKEN, REVISION),
        workload(NOTEBOOK, TOKEN, REVISION),
    ],
    ids=["loader", "trainer", "server", "notebook"],
)
def test_it_reaches_the_script(made):
    assert variables(made)[-2:] == [TOKEN, REVISION]


def test_the_variables_of_the_contract_come_first():
    """So a value may name them: $(LOAD_DATA_PATH)."""
    assert variables(loader(REVISION))[0]["name"] == "LOAD_DATA_PATH"


def test_an_empty_value_is_left_out():
    """The API server stores it so; sent empty, it would be written again at every sync."""
    assert variables(loader({"name": "A", "value": ""}))[-1] == {"name": "A"}


def test_builds_do_not_get_it():
    built = child(sync(edited(DATASET, env=[TOKEN])), "Job", "build")
    assert TOKEN not in variables(built)


def test_it_does_not_decide_a_build():
    assert run(child(sync(edited(DATASET, env=[TOKEN])), "Job", "build")) == run(
        child(sync(DATASET), "Job", "build")
    )


@pytest.mark.parametrize("made", [loader, trainer])
def test_a_plain_value_decides_the_result(made):
    assert len({run(made()), run(made(REVISION)), run(made({**REVISION, "value": "v2"}))}) == 3


@pytest.mark.parametrize("made", [loader, trainer])
def test_a_secret_that_is_added_decides_the_result(made):
    """So a load that failed for want of a token is tried again when it is given one."""
    assert run(made()) != run(made(TOKEN))


@pytest.mark.parametrize("made", [loader, trainer])
def test_which_secret_it_is_does_not(made):
    moved = {**TOKEN, "valueFrom": {"secretKeyRef": {"name": "other", "key": "hf"}}}
    assert run(made(TOKEN)) == run(made(moved))


def test_the_order_of_variables_does_not():
    assert run(loader(TOKEN, REVISION)) == run(loader(REVISION, TOKEN))


def test_no_variables_at_all_are_as_if_the_field_were_not_there():
    assert run(child(sync(edited(TUNED, env=[]), [], UPSTREAM), "Job")) == run(trainer())


def trained(*env):
    """Return a Model that is trained with variables, and packaged."""
    return Stage(edited(TUNED, env=list(env)), related=tuple(UPSTREAM)).settled()


def test_the_provenance_has_plain_values_and_no_secret():
    status = trained(TOKEN, REVISION).parent["status"]
    assert status["provenance"]["env"] == [{"name": "HF_TOKEN"}, REVISION]


def test_a_trained_model_stays_ready_without_its_base_model():
    alone = trained(TOKEN, REVISION).seeing()
    assert condition(alone.answer(), "Ready")[0] == "True"


def test_a_trained_model_of_other_variables_does_not_stay_ready_without_it():
    alone = trained(TOKEN, REVISION).seeing().edited(env=[TOKEN])
    assert condition(alone.answer(), "Ready")[0] == "False"
