"""Other settings, with everything complete: no Job runs again, and what rolls is known."""

import pytest
from calls import (
    base_dataset,
    base_model,
    child,
    completed,
    condition,
    names_of,
    parent,
    ready_status,
    stored,
    sync,
)
from fake_cluster import Stage

from hooks.settings import Settings

GIT = {"git": {"url": "https://example.com/x"}}
OTHER = {
    "another registry": {"registry": {"url": "other.example.com/x"}},
    "a registry with a password": {"registry": {"pushSecret": "a", "pullSecrets": ["b"]}},
    "another storage": {"storage": {"type": "gcs", "gcs": {"bucket": "bucket"}}},
    "larger claims": {"claims": {"datasetSize": "1Ti", "storageClassName": "fast"}},
    "another builder": {"builder": {"type": "kaniko", "image": "kaniko:2"}},
    "private git": {"git": {"secretName": "git"}},
    "other accelerators": {
        "compute": {"accelerators": [{"name": "a", "memoryGiB": 80, "maxPerNode": 8}]}
    },
    "no accelerators": {"compute": {"accelerators": []}},
    "an identity": {"identity": {"type": "gke"}},
    "pods that are restricted": {"pods": {"security": "restricted"}},
    "finished Jobs that stay longer": {"jobs": {"keepFinished": "168h", "killLimit": 9}},
}
other = pytest.mark.parametrize(
    "settings", [Settings.model_validate(each) for each in OTHER.values()], ids=OTHER
)
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
MODEL = parent("Model", "opt", {"source": GIT, "compute": {"types": ["GPU", "CPU"]}})
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
UPSTREAM = (base_model(), base_dataset())


def complete(found, related=(), *, settings=None):
    """Return the stage of an object after all its Jobs have succeeded."""
    stage = Stage(found, related=related).settled(settings=settings)
    assert condition(stage.answer(settings=settings), "Ready")[0] == "True"
    return stage


KINDS = {
    "a Dataset": complete(DATASET),
    "a Model from git": complete(MODEL),
    "a trained Model": complete(TUNED, UPSTREAM),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@other
@every_kind
def test_nothing_that_is_complete_is_touched(kind, settings):
    before, after = KINDS[kind].answer(), KINDS[kind].answer(settings=settings)
    assert after["children"] == before["children"]
    assert after["status"] == before["status"]


@other
@every_kind
def test_no_job_is_made_again_when_the_old_one_is_gone(kind, settings):
    without_jobs = KINDS[kind].only("PersistentVolumeClaim")
    assert names_of(without_jobs.answer(settings=settings)) == []


@other
def test_a_job_that_runs_is_not_replaced(settings):
    answered = sync(DATASET)
    running = [stored(each, DATASET) for each in answered["children"]]
    found = {**DATASET, "status": answered["status"]}
    assert child(sync(found, running, settings=settings), "Job") == child(
        sync(found, running), "Job"
    )


SERVED = base_model(
    size={"parameterCount": 10**9, "parameterBits": 16}, compute={"types": ["GPU", "CPU"]}
)
ROLLED = {
    "a registry with a password",
    "other accelerators",
    "no accelerators",
    "an identity",
    "pods that are restricted",
}
"""What docs/platforms.md says of servers and notebooks."""


@pytest.mark.parametrize("name", OTHER)
def test_a_server_is_rolled_where_its_pod_is_another_and_nowhere_else(name):
    server = parent("ModelServer", "opt", {"modelName": "opt"})
    settings = Settings.model_validate(OTHER[name])
    if name == "other accelerators":
        settings = Settings.model_validate(
            {"compute": {"accelerators": [{"name": "a", "memoryGiB": 1, "maxPerNode": 8}]}}
        )
    before = child(sync(server, [], [SERVED]), "StatefulSet")
    after = child(sync(server, [], [SERVED], settings=settings), "StatefulSet")
    assert (after != before) == (name in ROLLED)


def test_a_cluster_that_is_made_again_writes_to_the_same_address():
    settings = Settings.model_validate({"storage": {"type": "gcs", "gcs": {"bucket": "bucket"}}})
    metadata = {**DATASET["metadata"], "uid": "another", "generation": 7}
    first = complete(DATASET, settings=settings).parent["status"]["url"]
    again = complete({**DATASET, "metadata": metadata}, settings=settings).parent["status"]["url"]
    assert first.startswith("gs://bucket/team/squad/")
    assert first == again


def test_an_object_that_comes_back_with_its_status_loads_nothing():
    settings = Settings.model_validate({"storage": {"type": "gcs", "gcs": {"bucket": "bucket"}}})
    found = complete(DATASET, settings=settings).parent
    assert sync(found, settings=settings)["children"] == []


def dataset_in(url):
    spec = {"filename": "squad.jsonl", "source": GIT}
    return parent("Dataset", "squad", spec, status=ready_status(url=url))


def test_a_dataset_of_a_storage_that_the_settings_lost_is_reported():
    dataset = dataset_in("s3://bucket/team/squad/dddddddddd/data/squad.jsonl")
    answered = sync(TUNED, [], [base_model(), dataset])
    assert condition(answered, "Trained") == (
        "False",
        "DatasetNotReady",
        (
            "Dataset squad is ready, but cannot be mounted. "
            "The settings have no storage that reaches "
            "'s3://bucket/team/squad/dddddddddd/data/squad.jsonl'."
        ),
    )


def test_a_result_of_a_storage_that_the_settings_lost_is_reported_and_kept():
    settings = Settings.model_validate({"storage": {"type": "s3", "s3": {"bucket": "bucket"}}})
    trained = sync(TUNED, [], UPSTREAM, settings=settings)
    job = completed(stored(child(trained, "Job"), TUNED))
    found = {**TUNED, "status": sync(TUNED, [job], UPSTREAM, settings=settings)["status"]}
    answered = sync(found, [job], UPSTREAM)
    assert condition(answered, "Built")[:2] == ("False", "StorageLost")
    assert answered["status"]["trainedUrl"] == found["status"]["trainedUrl"]
