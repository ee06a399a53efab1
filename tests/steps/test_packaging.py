"""Results of trainings that stay on storage, and who mounts them."""

import json

import pytest
from calls import (
    annotated,
    base_dataset,
    child,
    condition,
    customize,
    edited,
    names_of,
    parent,
    stored,
    sync,
)
from fake_cluster import UP, Stage, with_status
from objects import TUNED, UPSTREAM

from hooks.settings import Settings

STORED = edited(TUNED, packaging="Storage")
TRAINING = Stage(STORED, related=UPSTREAM).after()
READY = TRAINING.completed("train").after()
MODEL = READY.parent
RUN = MODEL["status"]["provenance"]["hash"]
URL = f"pvc://tuned-model-{RUN[:10]}/team/tuned/{RUN}/model/trained"
USES = "uses.substratus.ai/tuned"
SERVER = parent("ModelServer", "chat", {"modelName": "tuned"})
NOTEBOOK = parent("Notebook", "desk", {"modelName": "tuned"})
FURTHER = parent(
    "Model", "further", {"source": {"modelName": "tuned"}, "training": {"datasetName": "squad"}}
)
ONE_NODE = Settings.model_validate({"storage": {"oneNode": True}})
SHARED = Settings.model_validate({"claims": {"accessMode": "ReadWriteMany"}})
BY_SETTING = Settings.model_validate({"storage": {"packaging": "Storage"}})
every_user = pytest.mark.parametrize("found", [SERVER, NOTEBOOK], ids=["a server", "a notebook"])


def pod(workload):
    return workload["spec"]["template"]


def container(workload):
    return pod(workload)["spec"]["containers"][0]


def mounts(workload):
    return {
        each["mountPath"]: (each["subPath"], each.get("readOnly"))
        for each in container(workload)["volumeMounts"]
        if each["mountPath"].startswith(("/model/saved", "/model/base"))
    }


def server(model=MODEL, *, settings=None, found=SERVER):
    return child(sync(found, [], [model], settings=settings), "StatefulSet")


def test_nothing_is_packaged():
    assert names_of(READY.answer()) == [names_of(READY.answer())[0]]
    assert condition(READY.answer(), "Built")[:2] == ("True", "Stored")


def test_the_status_says_where_the_weights_are_and_which_image_runs_them():
    status = MODEL["status"]
    assert (status["url"], status["containerImage"]) == (URL, "registry/model-team.opt:aaaaaaaaaa")


def test_the_provenance_says_where_the_result_went():
    assert MODEL["status"]["provenance"]["packaging"] == "Storage"


def test_packaging_decides_no_run():
    plain = Stage(TUNED, related=UPSTREAM).after()
    assert names_of(plain.answer()) == names_of(TRAINING.answer())


def test_the_settings_say_it_where_the_model_does_not():
    stage = Stage(TUNED, related=UPSTREAM).synced(settings=BY_SETTING).completed("train")
    assert stage.answer(settings=BY_SETTING)["status"]["url"] == URL


def test_an_image_that_is_asked_for_is_made_whatever_the_settings_say():
    found = edited(TUNED, packaging="Image")
    stage = Stage(found, related=UPSTREAM).synced(settings=BY_SETTING).completed("train")
    assert child(stage.answer(settings=BY_SETTING), "Job", "package")


@pytest.mark.parametrize(
    ("begun", "asked", "packages"), [("Storage", "Image", 0), ("Image", "Storage", 1)]
)
def test_it_is_read_when_the_run_begins(begun, asked, packages):
    stage = Stage(edited(TUNED, packaging=begun), related=UPSTREAM).after()
    later = stage.edited(packaging=asked).completed("train").after()
    assert sum("package" in name for name in names_of(later.answer())) == packages


def test_a_complete_result_on_storage_stays_there():
    answered = READY.edited(packaging="Image").answer()
    assert (answered["status"]["url"], condition(answered, "Ready")[0]) == (URL, "True")
    assert "counts for the next run" in condition(answered, "Built")[2]


def test_a_complete_image_stays_one():
    image = Stage(TUNED, related=UPSTREAM).settled()
    answered = image.edited(packaging="Storage").answer()
    assert "url" not in answered["status"]
    assert condition(answered, "Built")[:2] == ("True", "BuiltAndPushed")
    assert "counts for the next run" in condition(answered, "Built")[2]


def test_a_result_whose_claim_is_gone_is_a_condition_and_trains_nothing():
    answered = READY.only("Job").answer()
    assert condition(answered, "Trained")[1] == "StorageLost"
    assert len(names_of(answered)) == 1
    assert answered["status"]["url"] == URL


def test_what_is_trained_of_a_base_from_a_url_is_always_on_storage():
    base, data = UPSTREAM
    address = f"pvc://opt-model/team/opt/{'c' * 32}/model/saved"
    status = {**base["status"], "url": address}
    loaded = {**base, "spec": {"source": {"url": "hf://org/base"}}, "status": status}
    training = {"datasetName": "squad", "source": {"image": "trainer:1"}}
    model = edited(TUNED, packaging="Image", training=training)
    stage = Stage(model, related=(loaded, data)).after().completed("train")
    assert condition(stage.answer(), "Built")[1] == "Stored"
    assert stage.answer()["status"]["provenance"]["baseModel"]["url"] == address


@every_user
def test_the_result_is_mounted_where_an_image_would_hold_it(found):
    assert mounts(server(found=found)) == {
        "/model/saved": (f"team/tuned/{RUN}/model/trained", True)
    }


@every_user
def test_what_mounts_it_says_so_in_a_label_of_itself_and_its_pods(found):
    stateful_set = server(found=found)
    assert stateful_set["metadata"]["labels"][USES] == RUN
    assert pod(stateful_set)["metadata"]["labels"][USES] == RUN


def further_job(**options):
    return child(sync(FURTHER, [], [MODEL, base_dataset()], **options), "Job", "train")


def test_a_further_training_has_it_too():
    job = further_job()
    assert mounts(job) == {"/model/saved": (f"team/tuned/{RUN}/model/trained", True)}
    assert {"name": "MODEL_DIR", "value": "/model/saved"} in container(job)["env"]
    assert pod(job)["metadata"]["labels"][USES] == job["metadata"]["labels"][USES] == RUN


def further():
    """Return a Model that was trained of one whose weights are on storage, and is on storage."""
    stage = Stage(edited(FURTHER, packaging="Storage"), related=(MODEL, base_dataset()))
    return stage.after().completed("train").after().parent


def test_a_result_of_such_a_base_has_the_base_beside_it():
    own = further()["status"]["provenance"]["hash"]
    stateful_set = server(further(), found=edited(SERVER, modelName="further"))
    assert mounts(stateful_set) == {
        "/model/saved": (f"team/further/{own}/model/trained", True),
        "/model/base": (f"team/tuned/{RUN}/model/trained", True),
    }
    assert {"name": "BASE_MODEL_DIR", "value": "/model/base"} in container(stateful_set)["env"]
    assert (
        pod(stateful_set)["metadata"]["labels"].items()
        >= {
            USES: RUN,
            "uses.substratus.ai/further": own,
        }.items()
    )


def test_the_run_of_a_base_on_storage_decides_the_training():
    other = json.loads(json.dumps(MODEL).replace(RUN, "b" * 32))
    found = child(sync(FURTHER, [], [other, base_dataset()]), "Job", "train")
    assert found["metadata"]["name"] != further_job()["metadata"]["name"]


def test_a_base_whose_storage_is_not_in_the_settings_is_a_condition():
    other = json.loads(json.dumps(MODEL).replace("pvc://", "ftp://"))
    answered = sync(FURTHER, [], [other, base_dataset()])
    assert condition(answered, "Trained")[1] == "SourceModelNotReady"


def test_a_model_asks_for_whatever_carries_its_label():
    rules = [
        rule["resource"]
        for rule in customize(TUNED)["relatedResources"]
        if "matchExpressions" in (rule.get("labelSelector") or {})
    ]
    assert rules == ["pods", "statefulsets", "jobs"]


def test_a_model_that_is_not_trained_asks_for_none():
    assert "matchExpressions" not in str(customize(UPSTREAM[0]))


def using(found=SERVER, **status):
    """Return the StatefulSet of a server of the Model, as it runs."""
    uid = f"uid-of-{found['metadata']['name']}"
    owner = {**found, "metadata": {**found["metadata"], "uid": uid}}
    return with_status(stored(server(found=owner), owner), **{**UP, **status})


def claims_of(stage):
    return names_of(stage.answer(), "PersistentVolumeClaim")


def newer(stage):
    """Return the stage after a newer run is complete, whose claim was made later."""
    training = {"datasetName": "squad", "params": {"epochs": 9}}
    begun = stage.edited(training=training).synced(made="2026-01-02T03:02:00Z").started()
    return begun.completed("train").after()


def test_an_older_result_goes_when_nothing_mounts_it():
    assert f"tuned-model-{RUN[:10]}" not in claims_of(newer(READY).synced())


@pytest.mark.parametrize("replicas", [1, 0])
def test_an_older_result_stays_while_a_server_has_it_even_without_pods(replicas):
    server_of_old = using(replicas=replicas)
    stage = newer(READY.seeing(*UPSTREAM, server_of_old))
    assert f"tuned-model-{RUN[:10]}" in claims_of(stage.synced())


def test_the_status_says_what_mounts_the_weights():
    stage = READY.seeing(*UPSTREAM, using())
    assert stage.answer()["status"]["mountedBy"] == ["ModelServer/chat"]


def test_servers_lists_only_what_serves_the_model_itself():
    other = using()
    other["metadata"]["labels"] = {USES: RUN}
    answered = READY.seeing(*UPSTREAM, other).answer()
    assert (answered["status"]["servers"], answered["status"]["mountedBy"]) == (
        [],
        ["ModelServer/chat"],
    )


def taken(*users):
    return {**MODEL, "status": {**MODEL["status"], "mountedBy": list(users)}}


@every_user
def test_a_pod_that_would_share_a_claim_of_one_node_is_not_started(found):
    answered = sync(found, [], [taken("Model/further")])
    type_ = "Serving" if found is SERVER else "Running"
    assert condition(answered, type_)[1] == "StorageNotShared"
    assert "Model/further has it" in condition(answered, type_)[2]
    assert names_of(answered, "StatefulSet") == []


def test_nor_is_a_training():
    answered = sync(FURTHER, [], [taken("ModelServer/chat"), base_dataset()])
    assert condition(answered, "Trained")[1] == "StorageNotShared"
    assert names_of(answered) == []


def test_several_replicas_would_share_it():
    answered = sync(edited(SERVER, replicas=2), [], [MODEL])
    assert condition(answered, "Serving")[1] == "StorageNotShared"
    assert "2 Pods are asked for" in condition(answered, "Serving")[2]


@pytest.mark.parametrize("settings", [ONE_NODE, SHARED], ids=["one node", "ReadWriteMany"])
def test_where_it_can_be_shared_they_start(settings):
    found = edited(SERVER, replicas=2)
    stateful_set = server(taken("ModelServer/other"), found=found, settings=settings)
    assert stateful_set["spec"]["replicas"] == 2


def test_a_server_without_pods_shares_nothing():
    assert server(taken("Model/further"), found=edited(SERVER, replicas=0))


def running():
    return Stage(SERVER, related=(MODEL,)).after().up().after()


def test_what_runs_is_not_touched_for_it():
    before = running()
    after = before.seeing(taken("ModelServer/chat", "ModelServer/other"))
    assert after.answer()["children"] == before.answer()["children"]


def test_a_server_that_runs_is_not_scaled_to_what_would_not_start():
    before = running()
    after = before.edited(replicas=2)
    (stateful_set,) = [each for each in after.answer()["children"] if each["kind"] == "StatefulSet"]
    assert stateful_set["spec"]["replicas"] == 1
    assert condition(after.answer(), "Serving")[1] == "StorageNotShared"


def test_a_model_that_is_deleted_leaves_its_server_and_the_condition_says_what_comes():
    before = running()
    answered = before.seeing().answer()
    after, kept = (pod(child(each, "StatefulSet")) for each in (answered, before.answer()))
    assert after == kept
    assert "a Pod that starts again does not find them" in condition(answered, "ModelReady")[2]


def test_a_rebuild_trains_again_and_the_old_result_serves_meanwhile():
    again = annotated(MODEL, rebuild="2")
    answered = sync(again, READY.children, UPSTREAM)
    assert answered["status"]["url"] == URL
    assert any(RUN[:10] not in name for name in names_of(answered))


def test_an_older_result_that_is_gone_is_asked_for_in_vain():
    """Its Job is there, as its logs can still be read; its claim went with the newer result."""
    later = newer(READY).synced()
    assert f"tuned-model-{RUN[:10]}" not in names_of(later.answer(), "PersistentVolumeClaim")
    back = later.edited(training=STORED["spec"]["training"])
    answered = back.answer()
    assert condition(answered, "Trained")[1] == "StorageLost"
    assert answered["status"]["url"] == later.parent["status"]["url"] != URL
    assert len([name for name in names_of(answered) if "train" in name]) == 2
