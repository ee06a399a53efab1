"""A Dataset from an address: our loader loads it, without a build and without code of a user's."""

import json

import pytest
from calls import child, condition, edited, names_of, parent
from fake_cluster import Stage, pod_of
from strict_schema import assert_fits

from hooks.settings import Settings

URL = "hf://datasets/rajpurkar/squad@main/plain_text/train.jsonl"
TOKEN = {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}}
DATASET = Stage(parent("Dataset", "squad", {"filename": "squad.jsonl", "source": {"url": URL}}))
SAID = {"bytes": 9, "file": None, "format": None, "revision": "c0ffee", "sha256": "a" * 64}
S3 = Settings.model_validate({"storage": {"type": "s3", "s3": {"bucket": "data"}}})


def ended(job, code, message):
    """Return the Pod of a Job whose loader has ended."""
    state = {"terminated": {"exitCode": code, "reason": "x", "message": message}}
    phase = "Failed" if code else "Succeeded"
    status = {"phase": phase, "containerStatuses": [{"name": "loader", "state": state}]}
    pod = pod_of(job, status)
    return {**pod, "spec": job["spec"]["template"]["spec"]}


def job(stage=DATASET, settings=None):
    return child(stage.answer(settings=settings), "Job", "load")


def pod_spec(stage=DATASET, settings=None):
    return job(stage, settings)["spec"]["template"]["spec"]


def container(stage=DATASET, settings=None):
    return pod_spec(stage, settings)["containers"][0]


def test_nothing_is_built():
    assert condition(DATASET.answer(), "Built")[:2] == ("True", "NothingToBuild")


def test_its_load_is_the_first_job():
    assert [each["metadata"]["labels"]["substratus.ai/step"] for each in _jobs()] == ["load"]


def _jobs():
    return [each for each in DATASET.answer()["children"] if each["kind"] == "Job"]


def test_the_job_is_legal():
    assert_fits(job())


def test_the_loader_is_ours():
    found = container()
    assert (found["image"], found["command"]) == (
        Settings().sources.loader_image,
        ["substratus-loader"],
    )


def test_its_arguments_say_what_is_loaded_and_where_to():
    assert container()["args"] == [
        "--kind=dataset",
        "--filename=squad.jsonl",
        "--allow=hf://",
        "--allow=https://",
        "--",
        URL,
        "/data",
    ]


def test_patterns_are_arguments_too():
    stage = DATASET.edited(source={"url": URL, "files": ["*.jsonl"]})
    assert "--files=*.jsonl" in container(stage)["args"]


def test_a_storage_that_cannot_rename_is_written_to_once():
    assert "--no-rename" in container(settings=S3)["args"]


def test_it_keeps_the_pod_security_standard_restricted():
    context = container()["securityContext"]
    assert context == {
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "runAsNonRoot": True,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_its_volumes_are_writable_for_it():
    assert pod_spec()["securityContext"]["fsGroup"] == 1000


def test_credentials_come_from_a_secret():
    assert TOKEN in container(DATASET.edited(env=[TOKEN]))["env"]


def test_a_claim_is_mounted_read_only():
    settings = Settings.model_validate({"sources": {"allowed": ["pvc://shared"]}})
    spec = pod_spec(DATASET.edited(source={"url": "pvc://shared/a/b.jsonl"}), settings)
    assert {"name": "source", "mountPath": "/source", "readOnly": True} in spec["containers"][0][
        "volumeMounts"
    ]
    assert spec["volumes"][1] == {
        "name": "source",
        "persistentVolumeClaim": {"claimName": "shared", "readOnly": True},
    }


def test_what_another_attempt_cannot_change_ends_the_job_at_once():
    rule = job()["spec"]["podFailurePolicy"]["rules"][2]
    assert rule["action"] == "FailJob"
    assert rule["onExitCodes"]["values"] == [64, 65, 66, 73, 77, 78]


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"url": URL + "x"}},
        {"source": {"url": URL, "files": ["*"]}},
        {"filename": "other.jsonl"},
        {"env": [TOKEN]},
    ],
)
def test_what_is_loaded_and_how_decides_the_run(change):
    assert names_of(DATASET.edited(**change).answer()) != names_of(DATASET.answer())


def test_an_address_that_the_settings_do_not_allow_is_a_condition():
    answered = DATASET.edited(source={"url": "s3://bucket/a.jsonl"}).answer()
    assert condition(answered, "Loaded")[:2] == ("False", "SourceNotAllowed")
    assert names_of(answered) == []


def loaded():
    """Return the Dataset once its load is complete, with the loader's Pod."""
    stage = DATASET.after().completed()
    return stage.seeing(ended(_jobs()[0] | _uid(stage), 0, json.dumps(SAID)))


def _uid(stage):
    return {"metadata": next(e for e in stage.children if e["kind"] == "Job")["metadata"]}


def test_its_address_is_in_the_status():
    assert loaded().answer()["status"]["url"].endswith("/data/squad.jsonl")


def test_what_was_there_is_in_the_provenance():
    made_of = loaded().answer()["status"]["provenance"]
    known = {key: value for key, value in SAID.items() if value}
    assert made_of["url"] == {"url": URL, **known}


def test_it_stays_there_when_the_pod_is_gone():
    after = loaded().synced()
    assert after.seeing().answer()["status"]["provenance"] == after.parent["status"]["provenance"]


def test_it_is_learnt_when_the_pod_is_seen_late():
    late = DATASET.after().completed().synced()
    assert "revision" not in late.parent["status"]["provenance"]["url"]
    found = late.seeing(*loaded().related).answer()["status"]["provenance"]["url"]
    assert found["revision"] == "c0ffee"


@pytest.mark.parametrize(
    "message", ["", "{", "[]", '{"revision": 1}', '{"bytes": -1}', '{"bytes": true}']
)
def test_a_message_without_a_meaning_says_nothing(message):
    stage = DATASET.after().completed()
    pod = ended(_jobs()[0] | _uid(stage), 0, message)
    assert stage.seeing(pod).answer()["status"]["provenance"]["url"] == {"url": URL}


def test_a_loaded_dataset_starts_nothing_again():
    ready = loaded().synced().only("PersistentVolumeClaim")
    assert names_of(ready.answer()) == []


SENTENCE = "org/name is gated: give HF_TOKEN in spec.env."


def failure(code, *, message=SENTENCE, settings=None):
    """Return a Dataset whose loader ended with a code, and the condition."""
    stage = DATASET.synced(settings=settings).started().failed()
    return stage.seeing(ended(_jobs()[0] | _uid(stage), code, message))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (64, "SourceInvalid"),
        (65, "ChecksumMismatch"),
        (66, "SourceNotFound"),
        (73, "NoSpace"),
        (75, "SourceUnavailable"),
        (76, "SourceChanged"),
        (77, "NoAccess"),
        (78, "SourceNotAllowed"),
        (1, "LoadFailed"),
    ],
)
def test_each_end_of_the_loader_is_a_reason_of_its_own(code, reason):
    assert condition(failure(code).answer(), "Loaded")[1] == reason


def test_the_loaders_own_sentence_is_the_message():
    assert SENTENCE in condition(failure(77).answer(), "Loaded")[2]


def test_where_there_is_no_room_the_claim_is_named():
    message = condition(failure(73).answer(), "Loaded")[2]
    assert "Make claim squad-dataset larger: 'kubectl patch pvc squad-dataset'" in message


def test_in_a_bucket_no_claim_is():
    message = condition(failure(73, settings=S3).answer(settings=S3), "Loaded")[2]
    assert "Give the storage more room" in message


def test_a_reason_stays_when_the_pod_is_gone():
    after = failure(77).synced()
    assert condition(after.seeing().answer(), "Loaded") == condition(after.answer(), "Loaded")


def test_a_script_of_a_user_that_ends_with_such_a_code_has_failed_for_itself():
    git = edited(DATASET.parent, source={"image": "python:3"})
    stage = Stage(git).after().failed()
    made = next(each for each in stage.children if each["kind"] == "Job")
    answered = stage.seeing(ended(made, 77, "no")).answer()
    assert condition(answered, "Loaded")[1] == "LoadFailed"
