"""A Model that is trained otherwise, and then as before: neither result is lost, or made twice."""

import json

import pytest
from failing import manifest, patch, trained_model, wait_ready, words_model
from mission import PATIENCE
from readiness import ready

PLACE = "rollback"


@pytest.fixture(scope="module")
def place(cluster, stack):
    """A namespace of the module's own, with what a Model is trained from."""
    cluster.create_namespace(PLACE)
    git = {"url": "https://github.com/e2e/workloads", "path": "numbers"}
    numbers = manifest("Dataset", "numbers", {"filename": "n.jsonl", "source": {"git": git}})
    cluster.apply_objects(numbers, words_model("words"), namespace=PLACE)
    wait_ready(cluster, "datasets", "numbers", "Loaded", PLACE)
    wait_ready(cluster, "models", "words", "BuiltAndPushed", PLACE)
    return PLACE


def by_an_edit(cluster, name, epochs):
    """Change the object, as `kubectl edit` does."""
    spec = {"training": {"params": {"epochs": epochs}}}
    patch(cluster, "models", name, PLACE, spec)


def by_a_commit(cluster, name, epochs):
    """Apply the whole manifest of a commit, as a controller of GitOps does."""
    text = json.dumps(trained_model(name, "words", "numbers", epochs=epochs))
    by = ("--server-side", "--field-manager=gitops", "--force-conflicts")
    cluster.kubectl("apply", *by, f"--namespace={PLACE}", "--filename=-", text=text)


def model(cluster, name):
    return cluster.get("models", name, PLACE)[0]


def claims(cluster, name):
    """Return the claims with results of a Model that are not on their way out."""
    return {
        claim["metadata"]["name"]
        for claim in cluster.get("persistentvolumeclaims", "", PLACE)
        if claim["metadata"]["name"].startswith(f"{name}-model-")
        and "deletionTimestamp" not in claim["metadata"]
    }


def trainings(cluster, name):
    """Return how many Jobs ever trained a Model."""
    return len(
        {
            each.object["metadata"]["uid"]
            for each in cluster.watch.of("jobs", PLACE)
            if each.key[1].startswith(f"{name}-model-train-")
        }
    )


def is_packaged(cluster, name):
    """Return whether a Model is trained as it is asked for, and its image is being built."""
    found = model(cluster, name)
    if found["status"]["observedGeneration"] != found["metadata"]["generation"]:
        return False
    conditions = {each["type"]: each["status"] for each in found["status"]["conditions"]}
    return (conditions["Trained"], conditions["Built"]) == ("True", "False")


@pytest.mark.parametrize("change", [by_an_edit, by_a_commit])
def test_a_newer_result_stays_when_the_older_is_asked_for_again(cluster, place, stack, change):
    name = change.__name__.rpartition("_")[2]
    by_a_commit(cluster, name, 2)
    wait_ready(cluster, "models", name, "BuiltAndPushed", PLACE)
    first, (older,) = model(cluster, name)["status"], claims(cluster, name)

    change(cluster, name, 9)
    cluster.wait("the newer image", lambda: is_packaged(cluster, name), seconds=PATIENCE)
    (newer,) = claims(cluster, name) - {older}
    change(cluster, name, 2)

    def is_back():
        found = model(cluster, name)
        seen = found["status"]["observedGeneration"] == found["metadata"]["generation"]
        return seen and ready(found)[0] == "True"

    cluster.wait("the older result", is_back, seconds=60)
    stack.recorder.wait_quiet(5)
    now = model(cluster, name)["status"]
    fields = ("containerImage", "provenance")
    assert {key: now[key] for key in fields} == {key: first[key] for key in fields}
    assert claims(cluster, name) == {older, newer}
    assert f"/{newer}/" in now["trainedUrl"]  # what was trained last, so that it is not again
    assert trainings(cluster, name) == 2

    change(cluster, name, 9)
    wait_ready(cluster, "models", name, "BuiltAndPushed", PLACE)
    cluster.wait("one result", lambda: claims(cluster, name) == {newer}, seconds=60)
    assert f"/{newer}/" in model(cluster, name)["status"]["trainedUrl"]
    assert trainings(cluster, name) == 2
