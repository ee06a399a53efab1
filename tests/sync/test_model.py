"""A Model: built from git, or trained, and never computed twice."""

import pytest
from calls import (
    annotated,
    base_dataset,
    base_model,
    child,
    completed,
    condition,
    customize,
    edited,
    failed,
    names_of,
    parent,
    stored,
    sync,
)

GIT = parent("Model", "opt", {"source": {"git": {"url": "https://example.com/m"}}})
TRAINED = parent(
    "Model",
    "tuned",
    {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}},
)
UPSTREAM = [base_model(), base_dataset()]


def training(model=TRAINED, upstream=UPSTREAM):
    """Return the children of a Model that trains."""
    answered = sync(model, [], upstream)
    claim = stored(child(answered, "PersistentVolumeClaim"), model)
    return [claim, stored(child(answered, "Job", "train"), model, active=1)]


def packaging(model=TRAINED):
    """Return the children of a Model whose trained image is built."""
    claim, train = training(model)
    answered = sync(model, [claim, completed(train)], UPSTREAM)
    files = stored(child(answered, "ConfigMap"), model)
    return [claim, completed(train), files, stored(child(answered, "Job", "package"), model)]


def ready(model=TRAINED):
    """Return a trained Model that is ready, and its children."""
    claim, train, files, build = packaging(model)
    children = [claim, train, files, completed(build)]
    return {**model, "status": sync(model, children, UPSTREAM)["status"]}, children


def test_a_model_from_git_is_built():
    assert condition(sync(GIT), "Ready")[:2] == ("False", "Building")


def test_a_model_from_git_is_ready_when_its_build_is_complete():
    build = completed(stored(child(sync(GIT), "Job"), GIT))
    answered = sync(GIT, [build])
    assert condition(answered, "Ready")[:2] == ("True", "BuiltAndPushed")


def test_the_tag_of_its_image_is_the_run():
    build = completed(stored(child(sync(GIT), "Job"), GIT))
    run = build["metadata"]["labels"]["substratus.ai/run"]
    image = sync(GIT, [build])["status"]["containerImage"]
    assert image == f"registry.example.com/substratus/model-team.opt:{run}"


def test_a_new_branch_keeps_the_old_image_until_the_new_one_is_there():
    build = completed(stored(child(sync(GIT), "Job"), GIT))
    done = {**GIT, "status": sync(GIT, [build])["status"]}
    moved = edited(done, source={"git": {"url": "https://example.com/m", "branch": "next"}})
    answered = sync(moved, [build])
    assert answered["status"]["containerImage"] == done["status"]["containerImage"]
    assert len(names_of(answered)) == 2


@pytest.mark.parametrize(
    ("upstream", "reason"),
    [
        pytest.param([base_dataset()], "SourceModelNotFound", id="no base Model"),
        pytest.param([base_model()], "DatasetNotFound", id="no Dataset"),
        pytest.param(
            [{**base_model(), "status": {}}, base_dataset()],
            "SourceModelNotReady",
            id="a base Model without a status",
        ),
        pytest.param(
            [base_model(), {**base_dataset(), "status": {}}],
            "DatasetNotReady",
            id="a Dataset without a status",
        ),
        pytest.param(
            [edited(base_model()), base_dataset()],
            "SourceModelNotReady",
            id="a base Model whose status speaks of an older generation",
        ),
    ],
)
def test_training_waits_for_what_it_is_made_of(upstream, reason):
    assert condition(sync(TRAINED, [], upstream), "Ready")[:2] == ("False", reason)


def test_nothing_is_made_while_training_waits():
    assert sync(TRAINED)["children"] == []


def test_training_runs_in_the_base_models_image():
    container = training()[1]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "registry/model-team.opt:aaaaaaaaaa"


def test_the_dataset_is_mounted_read_only():
    container = training()[1]["spec"]["template"]["spec"]["containers"][0]
    data = next(each for each in container["volumeMounts"] if each["mountPath"] == "/data")
    assert data["readOnly"] is True


def test_the_contracts_defaults_reach_the_script():
    container = training()[1]["spec"]["template"]["spec"]["containers"][0]
    assert {each["name"]: each["value"] for each in container["env"]} == {
        "TRAIN_DATA_PATH": "/data/squad.jsonl",
        "TRAIN_DATA_LIMIT": "1000000000000",
        "TRAIN_BATCH_SIZE": "1",
        "TRAIN_EPOCHS": "3",
    }


def test_the_trained_image_is_built_on_the_base_models():
    args = packaging()[3]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert "--opt=build-arg:BASE_IMAGE=registry/model-team.opt:aaaaaaaaaa" in args


def test_a_trained_model_is_ready_when_its_image_is_built():
    assert condition(ready()[0], "Ready")[:2] == ("True", "BuiltAndPushed")


def test_it_says_what_it_was_made_of():
    provenance = ready()[0]["status"]["provenance"]
    provenance.pop("hash")
    assert provenance == {
        "baseModel": {"name": "opt", "image": "registry/model-team.opt:aaaaaaaaaa"},
        "dataset": {
            "name": "squad",
            "url": "pvc://squad-dataset/team/squad/dddddddddd/data/squad.jsonl",
        },
        "params": {"epochs": 3, "dataLimit": 1000000000000, "batchSize": 1},
    }


def test_a_ready_model_whose_jobs_are_gone_runs_none():
    model, children = ready()
    assert names_of(sync(model, children[:1], UPSTREAM)) == []


def test_the_default_parameters_written_out_change_nothing():
    model, children = ready()
    training_ = {"datasetName": "squad", "params": {"epochs": 3, "batchSize": 1}}
    assert names_of(sync(edited(model, training=training_), children[:1], UPSTREAM)) == []


@pytest.mark.parametrize(
    ("change", "upstream"),
    [
        pytest.param(
            {"training": {"datasetName": "squad", "params": {"epochs": 4}}},
            UPSTREAM,
            id="other parameters",
        ),
        pytest.param(
            {"source": {"modelName": "other"}},
            [base_model("other"), base_dataset()],
            id="another base Model",
        ),
        pytest.param(
            {},
            [base_model(tag="bbbbbbbbbb"), base_dataset()],
            id="a base Model that is built again",
        ),
        pytest.param({}, [base_model(), base_dataset(run="eeeeeeeeee")], id="other data"),
    ],
)
def test_exactly_one_run_starts_after(change, upstream):
    model, children = ready()
    answered = sync(edited(model, **change), children[:1], upstream)
    assert [
        each["metadata"]["labels"]["substratus.ai/step"]
        for each in answered["children"]
        if each["kind"] == "Job"
    ] == ["train"]


def test_the_old_image_stays_while_the_model_is_trained_again():
    model, children = ready()
    answered = sync(annotated(model, rebuild="1"), children, UPSTREAM)
    assert answered["status"]["containerImage"] == model["status"]["containerImage"]


def test_the_old_runs_claim_stays_until_the_new_one_is_packaged():
    model, children = ready()
    answered = sync(annotated(model, rebuild="1"), children, UPSTREAM)
    assert len(names_of(answered, "PersistentVolumeClaim")) == 2


@pytest.mark.parametrize(
    "upstream",
    [[], [base_model()], [base_dataset()], [{**base_model(), "status": {}}, base_dataset()]],
    ids=["both gone", "no Dataset", "no base Model", "a base Model that is built again"],
)
def test_what_was_made_remains_without_what_it_was_made_of(upstream):
    model, children = ready()
    answered = sync(model, children[:1], upstream)
    assert condition(answered, "Ready")[0] == "True"
    assert names_of(answered, "PersistentVolumeClaim") == [children[0]["metadata"]["name"]]


def test_a_run_continues_when_its_base_model_is_gone():
    children = training()
    assert len(sync(TRAINED, children, [base_dataset()])["children"]) == 2


def test_a_failed_training_is_reported():
    claim, train = training()
    assert (
        condition(sync(TRAINED, [claim, failed(train)], UPSTREAM), "Ready")[1] == "TrainingFailed"
    )


def test_a_trained_result_that_is_lost_before_it_is_packaged_is_reported():
    children = packaging()
    model = {**TRAINED, "status": sync(TRAINED, children, UPSTREAM)["status"]}
    answered = sync(model, children[1:2], UPSTREAM)
    assert condition(answered, "Trained")[:2] == ("False", "StorageLost")


def test_what_no_node_holds_does_not_fit():
    spec = {"size": {"parameterCount": 10**12, "parameterBits": 16}, "compute": {"types": ["GPU"]}}
    answered = sync(edited(TRAINED, **spec), [], UPSTREAM)
    assert condition(answered, "Ready")[:2] == ("False", "DoesNotFit")


def test_a_run_that_no_longer_fits_continues():
    children = training()
    spec = {"size": {"parameterCount": 10**12, "parameterBits": 16}, "compute": {"types": ["GPU"]}}
    answered = sync(edited(TRAINED, **spec), children, UPSTREAM)
    assert names_of(answered) == [children[1]["metadata"]["name"]]


def served_by(server, **status):
    owner = {"kind": "ModelServer", "name": server, "uid": "u", "controller": True}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {
            "name": f"{server}-modelserver",
            "namespace": "team",
            "labels": {"served.substratus.ai/opt": "true"},
            "ownerReferences": [owner],
        },
        "status": status,
    }


def test_the_servers_that_run_it_are_listed_in_order():
    servers = [served_by("b", readyReplicas=1), served_by("a", readyReplicas=1)]
    assert sync(GIT, [], servers)["status"]["servers"] == ["a", "b"]


def test_a_server_that_is_not_ready_does_not_run_it():
    assert sync(GIT, [], [served_by("a", readyReplicas=0)])["status"]["servers"] == []


def test_it_asks_for_the_servers_by_its_label():
    rules = customize(GIT)["relatedResources"]
    assert {
        "apiVersion": "apps/v1",
        "resource": "statefulsets",
        "namespace": "team",
        "labelSelector": {"matchLabels": {"served.substratus.ai/opt": "true"}},
    } in rules


@pytest.mark.parametrize("model", [GIT, TRAINED], ids=["from git", "trained"])
def test_every_rule_names_the_namespace(model):
    assert {rule["namespace"] for rule in customize(model)["relatedResources"]} == {"team"}


def test_it_asks_for_the_job_that_its_spec_names():
    """A Job of that name without our labels is seen by its name alone."""
    rules = [each for each in customize(GIT)["relatedResources"] if each["resource"] == "jobs"]
    assert names_of(sync(GIT)) == [name for rule in rules for name in rule.get("names", [])]


@pytest.mark.parametrize(
    ("model", "types"),
    [
        pytest.param(GIT, {"Built", "Ready"}, id="from git"),
        pytest.param(TRAINED, {"Built", "Ready", "Trained"}, id="trained"),
    ],
)
def test_a_model_that_breaks_a_rule_says_so_in_each_of_its_conditions(model, types):
    broken = sync(edited(model, compute={"accelerator": ""}))
    said = {each["type"]: each["reason"] for each in broken["status"]["conditions"]}
    assert said == dict.fromkeys(types, "InvalidConfiguration")


def test_a_spec_that_is_none_is_that_of_a_model_from_git():
    broken = sync({**GIT, "spec": None})
    assert {each["type"] for each in broken["status"]["conditions"]} == {"Built", "Ready"}
