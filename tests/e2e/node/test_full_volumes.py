"""Volumes that are full: under a training, and under a notebook.

tests/e2e/node/test_node_failures.py has that of a Dataset.
"""

import pytest
from failing import (
    annotate,
    job_name,
    manifest,
    patch,
    trained_model,
    wait_fails,
    wait_ready,
    words_model,
)
from mission import files
from volumes import SMALL_CLAIM

PLACE = "full"
SMALL = {
    "target": {"kind": "PersistentVolumeClaim"},
    "operations": [
        {"op": "replace", "path": "/spec/resources/requests/storage", "value": SMALL_CLAIM}
    ],
}
"""A patch of an object, by which its claim is really as small."""


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


def recorded(cluster, *commands):
    """Write what kubectl says into the logs, as a person reads it."""
    with cluster.logs.joinpath("full-volumes.txt").open("a") as log:
        for command in commands:
            said = cluster.kubectl(*command, f"--namespace={PLACE}")
            print(f"$ kubectl {' '.join(command)}\n{said}", file=log)


def test_a_training_that_fills_its_claim(cluster, place):
    model = trained_model("large", "words", "numbers", epochs=1)
    model["spec"] |= {"env": [{"name": "WEIGHTS_MIB", "value": "32"}], "patches": [SMALL]}
    cluster.apply_objects(model, namespace=place)
    message = wait_fails(cluster, "models", "large", "TrainingFailed", place)
    recorded(cluster, ("get", "models", "large"), ("describe", "model", "large"))
    job = job_name(cluster, place, "large", "train")
    (claim,) = (
        each["metadata"]["name"]
        for each in cluster.get("persistentvolumeclaims", "", place)
        if each["metadata"]["name"].startswith("large-")
    )
    assert message.startswith(
        f"Training failed in Job {job}. Error: container trainer ended with exit code 1. "
    )
    assert message.endswith(
        f'OSError: [Errno 28] No space left on device". A volume is full. Make claim {claim} '
        f"larger, if it is what is full: 'kubectl patch pvc {claim}' with a larger "
        "spec.resources.requests.storage; then set the annotation substratus.ai/retry to a new "
        "value."
    )
    cluster.grow_volume(place, claim, "64m")
    annotate(cluster, "models", "large", place, retry="1")
    wait_ready(cluster, "models", "large", "BuiltAndPushed", place)
    (runs,) = files(cluster, place, claim, "runs")
    assert cluster.in_node("cat", str(runs)).splitlines() == ["began"] * 2  # of one run


def test_a_notebook_whose_claim_is_full_keeps_running_and_comes_back(cluster, place):
    notebook = manifest("Notebook", "words", {"modelName": "words", "patches": [SMALL]})
    cluster.apply_objects(notebook, namespace=place)
    wait_ready(cluster, "notebooks", "words", "Running", place)
    fill = "{ cat /dev/zero > /model/src/fill; } 2>&1 || true"
    assert "No space left on device" in in_notebook(cluster, "sh", "-c", fill)
    recorded(cluster, ("get", "notebooks", "words"), ("describe", "notebook", "words"))
    patch(cluster, "notebooks", "words", place, {"suspend": True})
    cluster.wait("no Pod", lambda: not cluster.get("pods", "words-notebook-0", place))
    patch(cluster, "notebooks", "words", place, {"suspend": False})
    wait_ready(cluster, "notebooks", "words", "Running", place)
    in_notebook(cluster, "rm", "/model/src/fill")


def in_notebook(cluster, *command):
    where = (f"--namespace={PLACE}", "words-notebook-0", "--quiet", "--")
    return cluster.kubectl("exec", *where, *command)
