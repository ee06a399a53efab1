"""Parameters of a training run beyond the three that have fields of their own."""

import json

from calls import base_dataset, base_model, child, condition, edited, parent, ready_status, sync

TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
UPSTREAM = [base_model(), base_dataset()]
URL = "pvc://squad-dataset/team/squad/dddddddddd/data/squad.jsonl"


def trainer(**params):
    training = {"datasetName": "squad", **({"params": params} if params else {})}
    return child(sync(edited(TUNED, training=training), [], UPSTREAM), "Job", "train")


def notebook(**extra):
    """Return the StatefulSet of a Notebook of a Model that was trained with extra parameters."""
    provenance = {
        "baseModel": {"name": "opt", "image": "registry/m:aaaaaaaaaa"},
        "dataset": {"name": "squad", "url": URL},
        "params": {"epochs": 2, "batchSize": 1, "dataLimit": 5, "extra": extra},
        "hash": "bbbbbbbbbb",
    }
    status = ready_status(containerImage="registry/m:bbbbbbbbbb", provenance=provenance)
    found = parent("Notebook", "n", {"modelName": "tuned"})
    return child(sync(found, [], [{**TUNED, "status": status}]), "StatefulSet")


def variables(workload):
    container = workload["spec"]["template"]["spec"]["containers"][0]
    return {each["name"]: each.get("value") for each in container["env"]}


def file(workload):
    """Return what the Pod reads at /model/params.json."""
    template = workload["spec"]["template"]
    mounts = {each["mountPath"]: each for each in template["spec"]["containers"][0]["volumeMounts"]}
    mount = mounts["/model/params.json"]
    volume = next(each for each in template["spec"]["volumes"] if each["name"] == mount["name"])
    (item,) = volume["downwardAPI"]["items"]
    assert item["path"] == mount["subPath"]
    key = item["fieldRef"]["fieldPath"].removeprefix("metadata.annotations['").removesuffix("']")
    return json.loads(template["metadata"]["annotations"][key])


def test_a_parameter_is_a_variable_in_upper_case():
    assert variables(trainer(extra={"learning_rate": "0.1"}))["PARAM_LEARNING_RATE"] == "0.1"


def test_a_dollar_reaches_the_script_as_it_is():
    """Kubernetes reads $(NAME) in a value as a variable, and $$ as a dollar."""
    assert variables(trainer(extra={"a": "$(TRAIN_EPOCHS)"}))["PARAM_A"] == "$$(TRAIN_EPOCHS)"


def test_an_empty_parameter_is_an_empty_variable():
    assert variables(trainer(extra={"a": ""}))["PARAM_A"] is None


def test_the_file_holds_every_parameter():
    assert file(trainer(epochs=2, extra={"learning_rate": "0.1", "b": "$x"})) == {
        "epochs": 2,
        "batchSize": 1,
        "dataLimit": 10**12,
        "learning_rate": "0.1",
        "b": "$x",
    }


def test_without_extra_parameters_the_job_is_as_it_was():
    assert trainer() == trainer(extra={})
    assert "annotations" not in trainer()["spec"]["template"]["metadata"]


def test_an_extra_parameter_decides_the_result():
    names = {
        trainer(**each)["metadata"]["name"]
        for each in ({}, {"extra": {"a": "1"}}, {"extra": {"a": "2"}})
    }
    assert len(names) == 3


def test_the_hash_of_a_model_without_them_is_what_it_was():
    assert trainer()["metadata"]["name"] == "tuned-model-train-12440e18a7"


def test_a_notebook_of_the_trained_model_gets_them_too():
    made = notebook(learning_rate="0.1")
    assert variables(made)["PARAM_LEARNING_RATE"] == "0.1"
    assert file(made)["learning_rate"] == "0.1"


def test_a_bad_name_that_is_older_than_the_rule_is_a_condition():
    training = {"datasetName": "squad", "params": {"extra": {"A-B": "1"}}}
    answered = sync(edited(TUNED, training=training), [], UPSTREAM)
    assert condition(answered, "Ready")[1] == "InvalidConfiguration"
