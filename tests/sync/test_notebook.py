"""A Notebook: its work outlives its Pod, and its claim outlives everything else."""

from calls import (
    base_dataset,
    base_model,
    child,
    condition,
    customize,
    edited,
    names_of,
    parent,
    stored,
    sync,
)

from sync.test_model import ready as trained_model
from sync.test_modelserver import UP

NOTEBOOK = parent("Notebook", "opt", {"modelName": "opt"})


def running(notebook=NOTEBOOK, model=None, **status):
    """Return the children of a Notebook that runs."""
    answered = sync(notebook, [], [model or base_model()])
    return [
        stored(child(answered, "StatefulSet"), notebook, **{**UP, **status}),
        stored(child(answered, "Service"), notebook),
        stored(child(answered, "PersistentVolumeClaim"), notebook),
    ]


def container(answered):
    return child(answered, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]


def test_it_runs_when_its_statefulset_is_ready():
    answered = sync(NOTEBOOK, running(), [base_model()])
    assert condition(answered, "Ready")[:2] == ("True", "Running")


def test_suspended_it_has_no_pod():
    answered = sync(edited(NOTEBOOK, suspend=True), running(), [base_model()])
    assert child(answered, "StatefulSet")["spec"]["replicas"] == 0


def test_suspended_it_keeps_everything_else():
    answered = sync(edited(NOTEBOOK, suspend=True), running(), [base_model()])
    assert names_of(answered, "PersistentVolumeClaim") == ["opt-notebook"]
    assert names_of(answered, "Service") == ["opt-notebook"]


def test_suspended_it_says_so():
    asleep = edited(NOTEBOOK, suspend=True)
    children = running(asleep, readyReplicas=0, replicas=0)
    answered = sync(asleep, children, [base_model()])
    assert condition(answered, "Running")[:2] == ("False", "Suspended")
    assert condition(answered, "Ready")[:2] == ("True", "Suspended")


def test_it_can_be_suspended_when_its_model_is_gone():
    answered = sync(edited(NOTEBOOK, suspend=True), running())
    assert child(answered, "StatefulSet")["spec"]["replicas"] == 0


def test_its_claim_is_kept_when_its_model_was_never_there():
    claim = running()[2]
    assert names_of(sync(NOTEBOOK, [claim]), "PersistentVolumeClaim") == ["opt-notebook"]


def test_it_is_not_started_on_a_claim_that_is_anothers():
    claim = child(sync(NOTEBOOK, [], [base_model()]), "PersistentVolumeClaim")
    foreign = {**claim, "metadata": {**claim["metadata"], "uid": "other"}}
    answered = sync(NOTEBOOK, [], [base_model(), foreign])
    assert names_of(answered, "StatefulSet") == []
    assert condition(answered, "Ready")[:2] == ("False", "NameConflict")


def test_one_of_a_trained_model_has_its_dataset():
    model, _ = trained_model()
    model = {**model, "status": {**model["status"], "observedGeneration": 1}}
    answered = sync(parent("Notebook", "n", {"modelName": "tuned"}), [], [model])
    mounts = {each["mountPath"]: each for each in container(answered)["volumeMounts"]}
    assert mounts["/data"]["readOnly"] is True


def test_one_of_a_trained_model_has_the_training_environment():
    model, _ = trained_model()
    model = {**model, "status": {**model["status"], "observedGeneration": 1}}
    answered = sync(parent("Notebook", "n", {"modelName": "tuned"}), [], [model])
    assert [each["name"] for each in container(answered)["env"]] == [
        "TRAIN_DATA_PATH",
        "TRAIN_DATA_LIMIT",
        "TRAIN_BATCH_SIZE",
        "TRAIN_EPOCHS",
    ]


def test_one_of_a_model_from_git_has_no_data():
    mounts = container(sync(NOTEBOOK, [], [base_model()]))["volumeMounts"]
    assert "/data" not in {each["mountPath"] for each in mounts}


def test_data_that_no_storage_can_mount_is_reported():
    model, _ = trained_model()
    status = {**model["status"], "observedGeneration": 1}
    status["provenance"]["dataset"]["url"] = "ftp://x/y/z"
    answered = sync(
        parent("Notebook", "n", {"modelName": "tuned"}), [], [{**model, "status": status}]
    )
    assert condition(answered, "Running")[:2] == ("False", "DatasetNotReady")


def test_its_token_is_in_no_object():
    start = container(sync(NOTEBOOK, [], [base_model()]))
    assert start["command"][2] == 'JUPYTER_TOKEN="$(cat /run/notebook/token)" exec notebook.sh'
    assert "env" not in start


def test_it_waits_for_a_dataset_of_no_one():
    assert condition(sync(NOTEBOOK, [], [base_dataset()]), "Ready")[1] == "ModelNotFound"


def test_its_pod_is_found_by_its_name():
    rules = [each for each in customize(NOTEBOOK)["relatedResources"] if each["resource"] == "pods"]
    place = {"apiVersion": "v1", "resource": "pods", "namespace": "team"}
    assert rules == [{**place, "names": ["opt-notebook-0"]}]
