"""Patches of an object and of the settings: where they reach, and what they never disturb."""

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
from fake_cluster import Stage

from hooks.observe.applied import echo
from hooks.settings import Settings

UPSTREAM = [base_model(), base_dataset()]
SPEC = {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}}
DATASET = parent("Dataset", "squad", SPEC)
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
NOTEBOOK = parent("Notebook", "opt", {"modelName": "opt"})
HIGH = {"op": "add", "path": "/spec/template/spec/schedulerName", "value": "high"}
NAME = {"op": "replace", "path": "/metadata/name", "value": "x"}
FAST = {"op": "add", "path": "/spec/storageClassName", "value": "fast"}
KINDS = [
    ("Dataset", DATASET, "Built", "Job"),
    ("Model", TUNED, "Trained", "Job"),
    ("ModelServer", SERVER, "Serving", "StatefulSet"),
    ("Notebook", NOTEBOOK, "Running", "StatefulSet"),
]
every = pytest.mark.parametrize(
    ("found", "type_", "kind"), [each[1:] for each in KINDS], ids=[each[0] for each in KINDS]
)


def patch(kind, *operations, **target):
    return {"target": {"kind": kind, **target}, "operations": list(operations)}


def patched(found, *patches):
    return edited(found, patches=list(patches))


def running(found):
    """Return the children of an object as they run."""
    return Stage(found, related=tuple(UPSTREAM)).synced().up().children


def by_name(children):
    return {(each["kind"], each["metadata"]["name"]): each for each in children}


def priority(made):
    return made["spec"]["template"]["spec"].get("schedulerName")


@every
def test_it_reaches_the_child(found, type_, kind):
    answered = sync(patched(found, patch(kind, HIGH)), [], UPSTREAM)
    assert priority(child(answered, kind)) == "high"
    assert condition(answered, type_)[1] != "InvalidPatch"


@every
def test_the_settings_reach_every_object(found, type_, kind):
    settings = Settings.model_validate({"patches": [patch(kind, HIGH)]})
    assert priority(child(sync(found, [], UPSTREAM, settings=settings), kind)) == "high"


@every
def test_one_that_may_not_be_makes_nothing(found, type_, kind):
    answered = sync(patched(found, patch(kind, NAME)), [], UPSTREAM)
    assert names_of(answered, kind) == []


@every
def test_one_that_may_not_be_is_a_condition(found, type_, kind):
    answered = sync(patched(found, patch(kind, HIGH, NAME)), [], UPSTREAM)
    assert condition(answered, type_) == (
        "False",
        "InvalidPatch",
        (
            "spec.patches[0].operations[1] (replace /metadata/name): "
            "a patch may not change /metadata/name."
        ),
    )


@every
def test_one_of_the_settings_is_a_condition_too(found, type_, kind):
    settings = Settings.model_validate({"patches": [patch(kind, NAME)]})
    message = condition(sync(found, [], UPSTREAM, settings=settings), type_)[2]
    assert message.startswith("patches of the settings[0].operations[0] (replace /metadata/name)")


@every
def test_one_that_may_not_be_leaves_what_runs(found, type_, kind):
    children = running(found)
    answered = sync(patched(found, patch(kind, NAME)), children, UPSTREAM)
    assert by_name(answered["children"]) == by_name(map(echo, children))
    assert condition(answered, type_)[1] == "InvalidPatch"
    assert condition(answered, type_)[2].endswith(" What runs is kept as it is.")


@pytest.mark.parametrize("operation", [HIGH, NAME], ids=["that applies", "that does not"])
def test_a_job_that_runs_stays_as_it_is(operation):
    children = running(DATASET)
    answered = sync(patched(DATASET, patch("Job", operation)), children)
    assert child(answered, "Job") == child(sync(DATASET, children), "Job")


@pytest.mark.parametrize("operation", [HIGH, NAME], ids=["that applies", "that does not"])
def test_a_job_that_is_complete_is_not_run_again(operation):
    built = completed(stored(child(sync(DATASET), "Job"), DATASET))
    answered = sync(patched(DATASET, patch("Job", operation, step="build")), [built])
    assert condition(answered, "Built")[0] == "True"
    assert child(answered, "Job", "build")["metadata"]["name"] == built["metadata"]["name"]


def test_a_job_that_failed_still_says_why():
    broken = failed(stored(child(sync(DATASET), "Job"), DATASET))
    assert condition(sync(patched(DATASET, patch("Job", NAME)), [broken]), "Built")[1] == (
        "BuildFailed"
    )


def test_it_is_not_part_of_the_run():
    assert names_of(sync(patched(DATASET, patch("Job", HIGH)))) == names_of(sync(DATASET))


def test_a_claim_that_is_to_be_made_is_patched():
    made = child(
        sync(patched(TUNED, patch("PersistentVolumeClaim", FAST)), [], UPSTREAM),
        "PersistentVolumeClaim",
    )
    assert made["spec"]["storageClassName"] == "fast"


def test_a_claim_that_exists_stays_as_it_is():
    children = running(NOTEBOOK)
    answered = sync(patched(NOTEBOOK, patch("PersistentVolumeClaim", FAST)), children, UPSTREAM)
    kept = child(answered, "PersistentVolumeClaim")
    assert kept["spec"] == child(sync(NOTEBOOK, children, UPSTREAM), kept["kind"])["spec"]


@pytest.mark.parametrize(("found", "type_"), [(TUNED, "Trained"), (NOTEBOOK, "Running")])
def test_a_claim_that_cannot_be_made_starts_nothing(found, type_):
    answered = sync(patched(found, patch("PersistentVolumeClaim", NAME)), [], UPSTREAM)
    assert answered["children"] == []
    assert condition(answered, type_)[1] == "InvalidPatch"


def test_a_bad_patch_of_the_service_keeps_the_statefulset_as_it_is():
    children = running(SERVER)
    changed = patched(SERVER, patch("StatefulSet", HIGH), patch("Service", NAME))
    answered = sync(changed, children, UPSTREAM)
    assert by_name(answered["children"]) == by_name(map(echo, children))


def test_a_server_with_a_bad_patch_is_still_scaled():
    children = running(SERVER)
    changed = edited(SERVER, replicas=3, patches=[patch("StatefulSet", NAME)])
    assert child(sync(changed, children, UPSTREAM), "StatefulSet")["spec"]["replicas"] == 3


def test_a_statefulset_that_was_patched_is_as_it_is_desired():
    server = patched(SERVER, patch("StatefulSet", HIGH))
    assert condition(sync(server, running(server), UPSTREAM), "Serving")[0] == "True"


def test_a_patch_that_goes_is_taken_back():
    server = patched(SERVER, patch("StatefulSet", HIGH))
    assert priority(child(sync(SERVER, running(server), UPSTREAM), "StatefulSet")) is None


def test_a_member_that_no_patch_has_is_refused():
    unknown = {**patch("StatefulSet", HIGH), "optional": True}
    answered = sync(patched(SERVER, unknown), [], UPSTREAM)
    assert condition(answered, "Ready")[1] == "InvalidConfiguration"
