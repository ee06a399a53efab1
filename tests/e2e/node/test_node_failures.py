"""What a person sees of each failure on a real node, to the letter, and that the way out is one."""

import re

import httpx
import pytest
from failing import (
    annotate,
    dataset,
    job_name,
    manifest,
    patch,
    publish_loader,
    trained_model,
    wait_fails,
    wait_ready,
    words_model,
)

TRY_AGAIN = (
    "Fix the cause, then edit the spec, delete the Job or set the annotation "
    "substratus.ai/retry to a new value."
)
GOOD = 'echo "{}" > "$LOAD_DATA_PATH"'


@pytest.fixture(scope="module")
def place(cluster, stack):
    """A namespace of the module's own, with a Model and a Dataset that are ready."""
    cluster.create_namespace("failures")
    numbers = manifest(
        "Dataset",
        "numbers",
        {
            "filename": "numbers.jsonl",
            "source": {"git": {"url": "https://github.com/e2e/workloads", "path": "numbers"}},
        },
    )
    cluster.apply_objects(numbers, words_model("words"), namespace="failures")
    wait_ready(cluster, "datasets", "numbers", "Loaded", "failures")
    wait_ready(cluster, "models", "words", "BuiltAndPushed", "failures")
    return "failures"


def test_a_git_url_that_does_not_exist(cluster, place, tmp_path):
    cluster.apply_objects(dataset("nowhere", "https://github.com/e2e/nowhere"), namespace=place)
    message = wait_fails(cluster, "datasets", "nowhere", "BuildFailed", place)
    job = job_name(cluster, place, "nowhere", "build")
    assert message == (
        f"The image's build failed in Job {job}. Error: container clone ended with exit code "
        "128. Its last lines: \"Cloning into '/workspace/source'... | fatal: remote error: "
        f'no such repository: /e2e/nowhere". {TRY_AGAIN}'
    )
    url = publish_loader(cluster, tmp_path, "somewhere", GOOD)
    patch(cluster, "datasets", "nowhere", place, {"source": {"git": {"url": url}}})
    wait_ready(cluster, "datasets", "nowhere", "Loaded", place)


def test_a_dockerfile_that_fails(cluster, place, tmp_path):
    broken = "FROM python:3.11-slim\nRUN echo no such package >&2; exit 7\n"
    url = publish_loader(cluster, tmp_path, "broken", GOOD, broken)
    cluster.apply_objects(dataset("broken", url), namespace=place)
    message = wait_fails(cluster, "datasets", "broken", "BuildFailed", place)
    job = job_name(cluster, place, "broken", "build")
    process = 'process "/bin/sh -c echo no such package >&2; exit 7" did not complete successfully'
    assert re.sub(r"\d+\.\d{3} ", "", message) == (
        f"The image's build failed in Job {job}. Error: container builder ended with exit code 1. "
        f'Its last lines: "#6 ERROR: {process}: exit code: 7 '
        "| > [2/2] RUN echo no such package >&2; exit 7: | no such package "
        "| 2 | >>> RUN echo no such package >&2; exit 7 "
        f'| error: failed to solve: {process}: exit code: 7". {TRY_AGAIN}'
    )
    publish_loader(cluster, tmp_path, "broken", GOOD)
    annotate(cluster, "datasets", "broken", place, retry="1")
    wait_ready(cluster, "datasets", "broken", "Loaded", place)


def test_a_loader_that_exits_with_3_and_a_message(cluster, place, tmp_path):
    script = f"[ -e /data/tried ] && {GOOD} && exit 0\ntouch /data/tried\n"
    script += 'echo "the source answers 404" >&2\nexit 3'
    exits = dataset("exits", publish_loader(cluster, tmp_path, "exits", script))
    exits["spec"]["retries"] = 0  # the next try would succeed
    cluster.apply_objects(exits, namespace=place)
    message = wait_fails(cluster, "datasets", "exits", "LoadFailed", place)
    job = job_name(cluster, place, "exits", "load")
    assert message == (
        f"Loading failed in Job {job}. Error: container loader ended with exit code 3. "
        f'Its last lines: "the source answers 404". {TRY_AGAIN}'
    )
    cluster.kubectl("delete", "job", job, f"--namespace={place}")
    wait_ready(cluster, "datasets", "exits", "Loaded", place)


def test_a_training_that_runs_out_of_memory(cluster, place):
    limits = {"default": {"memory": "2Gi"}, "type": "Container"}
    limit_range = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "memory"},
        "spec": {"limits": [limits]},
    }
    model = trained_model("hungry", "words", "numbers", batchSize=4096, epochs=1)
    cluster.apply_objects(limit_range, namespace=place)
    try:
        cluster.apply_objects(model, namespace=place)
        message = wait_fails(cluster, "models", "hungry", "TrainingFailed", place)
        job = job_name(cluster, place, "hungry", "train")
        assert message == (
            f"Training failed in Job {job}. OOMKilled: container trainer ended with exit code "
            f"137. {TRY_AGAIN}"
        )
    finally:
        cluster.kubectl("delete", "limitrange", "memory", f"--namespace={place}")
    patch(cluster, "models", "hungry", place, {"training": {"params": {"batchSize": 1}}})
    wait_ready(cluster, "models", "hungry", "BuiltAndPushed", place)


def delete_from_registry(image: str) -> None:
    """Let the registry forget an image that is not on the node yet."""
    host, _, rest = image.partition("@")[0].partition("/")
    repository, _, tag = rest.rpartition(":")
    place = f"http://{host}/v2/{repository}/manifests"
    kinds = [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
    ]
    kinds += ["application/vnd.docker.distribution.manifest.v2+json"]
    found = httpx.head(f"{place}/{tag}", headers={"Accept": ", ".join(kinds)}).raise_for_status()
    digest = found.headers["Docker-Content-Digest"]
    httpx.delete(f"{place}/{digest}").raise_for_status()


def test_an_image_that_cannot_be_pulled(cluster, place):
    cluster.apply_objects(words_model("unpullable"), namespace=place)
    wait_ready(cluster, "models", "unpullable", "BuiltAndPushed", place)
    image = cluster.get("models", "unpullable", place)[0]["status"]["containerImage"]
    delete_from_registry(image)
    server = manifest("ModelServer", "unpullable", {"modelName": "unpullable"})
    cluster.apply_objects(server, namespace=place)
    message = wait_fails(cluster, "modelservers", "unpullable", "ImagePullBackOff", place)
    assert message == (
        f"The server waits. ImagePullBackOff: image {image} cannot be pulled: the registry has "
        "no such image."
    )
    annotate(cluster, "models", "unpullable", place, rebuild="1")
    wait_ready(cluster, "modelservers", "unpullable", "Serving", place)


def test_a_gpu_that_no_node_has(cluster, place):
    model = words_model(
        "large",
        size={"parameterCount": 75_000_000_000, "parameterBits": 16},
        compute={"types": ["GPU"]},
    )
    server = manifest("ModelServer", "large", {"modelName": "large"})
    cluster.apply_objects(model, server, namespace=place)
    message = wait_fails(cluster, "modelservers", "large", "Unschedulable", place)
    assert message == "The server waits. Unschedulable: Insufficient nvidia.com/gpu."
    patch(cluster, "models", "large", place, {"size": {"parameterCount": 7_000_000_000}})
    wait_ready(cluster, "modelservers", "large", "Serving", place)


def test_a_full_claim(cluster, place, tmp_path):
    script = 'head -c 33554432 /dev/zero > "$LOAD_DATA_PATH"'
    cluster.apply_objects(
        dataset("full", publish_loader(cluster, tmp_path, "full", script)), namespace=place
    )
    message = wait_fails(cluster, "datasets", "full", "LoadFailed", place)
    job = job_name(cluster, place, "full", "load")
    assert message == (
        f"Loading failed in Job {job}. Error: container loader ended with exit code 1. Its last "
        "lines: \"head: error writing 'standard output': No space left on device\". A volume is "
        "full. Make claim full-dataset larger, if it is what is full: 'kubectl patch pvc "
        "full-dataset' with a larger spec.resources.requests.storage; then set the annotation "
        "substratus.ai/retry to a new value."
    )
    cluster.grow_volume(place, "full-dataset", "64m")
    annotate(cluster, "datasets", "full", place, retry="1")
    wait_ready(cluster, "datasets", "full", "Loaded", place)


def test_a_base_model_that_is_missing(cluster, place):
    cluster.apply_objects(trained_model("orphan", "missing", "numbers", epochs=1), namespace=place)
    message = wait_fails(cluster, "models", "orphan", "SourceModelNotFound", place)
    assert message == "Model missing is not in this namespace. Create it, or correct its name here."
    cluster.apply_objects(words_model("missing"), namespace=place)
    wait_ready(cluster, "models", "orphan", "BuiltAndPushed", place)


def test_a_dataset_that_is_deleted(cluster, place):
    data = {"url": "https://github.com/e2e/workloads", "path": "numbers"}
    passing = manifest("Dataset", "passing", {"filename": "n.jsonl", "source": {"git": data}})
    cluster.apply_objects(
        passing, trained_model("before", "words", "passing", epochs=1), namespace=place
    )
    wait_ready(cluster, "models", "before", "BuiltAndPushed", place)
    cluster.kubectl("delete", "datasets.substratus.ai", "passing", f"--namespace={place}")
    cluster.apply_objects(trained_model("after", "words", "passing", epochs=1), namespace=place)
    message = wait_fails(cluster, "models", "after", "DatasetNotFound", place)
    assert message == (
        "Dataset passing is not in this namespace. Create it, or correct its name here."
    )
    cluster.apply_objects(passing, namespace=place)
    message = wait_fails(cluster, "datasets", "passing", "NameConflict", place)
    assert message == (
        "PersistentVolumeClaim passing-dataset is being deleted and not gone, so this object's own "
        "cannot be made: Pods use it, of which complete ones count too. 'kubectl describe pvc "
        "passing-dataset' names them; delete them or their Jobs, and this clears by itself."
    )
    cluster.kubectl(
        "delete", "job", job_name(cluster, place, "before", "train"), f"--namespace={place}"
    )
    wait_ready(cluster, "models", "after", "BuiltAndPushed", place)
