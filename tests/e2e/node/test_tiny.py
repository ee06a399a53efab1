"""The whole mission on a real node: git to image to data to trained model to answer."""

import json
import re
import subprocess
from datetime import datetime

import httpx
import pytest
from readiness import EXAMPLES, objects, wait_all_ready
from stack import BIN

PLACE = "tiny"
PATIENCE = 1800
"""Seconds for it all, on a machine that others use too."""
JOBS = {
    "sums-dataset-build": 1,
    "sums-dataset-load": 1,
    "char-model-build": 1,
    "char-sums-model-train": 1,
    "char-sums-model-package": 1,
}


@pytest.fixture(scope="module")
def tiny(cluster, stack, phase):
    """A namespace of the module's own, with examples/tiny/ Ready."""
    cluster.publish("substratusai/substratus", EXAMPLES.parent, "examples")
    cluster.create_namespace(PLACE)
    with phase("examples/tiny Ready"):
        cluster.apply(EXAMPLES / "tiny", namespace=PLACE)
        wait_all_ready(cluster, PLACE, seconds=PATIENCE)
    for job in cluster.get("jobs", "", PLACE):
        took = _time(job["status"]["completionTime"]) - _time(job["status"]["startTime"])
        phase.add(f"  of it {job['metadata']['name'].rpartition('-')[0]}", took)
    return PLACE


def _time(text):
    return datetime.fromisoformat(text).timestamp()


def address(cluster, name):
    service = cluster.get("services", name, PLACE)[0]["spec"]
    return f"http://{service['clusterIP']}:{service['ports'][0]['port']}"


def generate(cluster, server, prompt):
    asked = {"prompt": prompt, "max_new_tokens": 24}
    answer = httpx.post(f"{address(cluster, server)}/generate", json=asked, timeout=60)
    return answer.raise_for_status().json()["generation"]


def in_pod(cluster, pod, *command):
    place = ("--namespace", PLACE, pod)
    return cluster.kubectl("exec", *place, "--quiet", "--", *command)


def test_everything_is_ready(cluster, tiny):
    assert sorted(
        f"{each['kind']}/{each['metadata']['name']}" for each in objects(cluster, tiny)
    ) == [
        "Dataset/sums",
        "Model/char",
        "Model/char-sums",
        "ModelServer/char",
        "ModelServer/char-sums",
        "Notebook/char-sums",
    ]


def test_each_step_was_done_by_one_job(cluster, tiny):
    made = [each.key[1] for each in cluster.watch.of("jobs", tiny) if each.type == "ADDED"]
    assert sorted(name.rpartition("-")[0] for name in made) == sorted(JOBS)


def test_both_servers_answer_through_their_services(cluster, tiny):
    prompt = "two plus three is"
    base = generate(cluster, "char-modelserver", prompt)
    trained = generate(cluster, "char-sums-modelserver", prompt)
    assert base.startswith(prompt)
    assert trained.startswith(prompt)
    assert base != trained


def test_training_lowered_the_loss_on_the_dataset(cluster, tiny):
    logs = in_pod(cluster, "char-sums-modelserver-0", "cat", "/model/logs/metrics.jsonl")
    losses = [
        line["evaluation_loss"]
        for line in map(json.loads, logs.splitlines())
        if "evaluation_loss" in line
    ]
    base, trained = losses
    assert trained < base / 2


def test_the_notebook_answers(cluster, tiny):
    answer = httpx.get(f"{address(cluster, 'char-sums-notebook')}/api", timeout=60)
    assert answer.status_code == 200
    assert "version" in answer.json()


def test_the_notebook_has_the_dataset_and_may_not_change_it(cluster, tiny):
    lines = in_pod(cluster, "char-sums-notebook-0", "sh", "-c", 'wc -l < "$TRAIN_DATA_PATH"')
    assert int(lines) >= 2000
    denied = "touch /data/x 2>&1 || true"
    assert "Read-only file system" in in_pod(cluster, "char-sums-notebook-0", "sh", "-c", denied)


def test_the_notebook_has_the_sources_of_its_image(cluster, tiny):
    found = in_pod(cluster, "char-sums-notebook-0", "ls", "/model/src").split()
    assert {"train.py", "serve.py"} <= set(found)
    in_pod(cluster, "char-sums-notebook-0", "touch", "/model/src/mine.py")


def test_the_images_that_the_node_pulled_are_those_that_are_listed(cluster, tiny):
    """None is missing from what a mirror must hold, and none is beyond it."""
    listed = cluster.kubectl(
        "get", "events", f"--namespace={tiny}", "--field-selector=reason=Pulled", "--output=json"
    )
    events = json.loads(listed)["items"]
    pulled = {re.search(r'image "([^"]+)"', each["message"])[1] for each in events}
    command = [BIN / "substratus", "images", "--file", EXAMPLES / "tiny", "--namespace", tiny]
    settings = ["--platform", cluster.write_settings()]
    listed = subprocess.run([*command, *settings], capture_output=True, text=True, check=True)
    assert pulled == set(listed.stdout.splitlines())


def test_a_suspended_notebook_keeps_its_work(cluster, tiny):
    in_pod(cluster, "char-sums-notebook-0", "sh", "-c", "echo kept > /model/src/work.py")
    suspend(cluster, tiny, asked=True)
    cluster.wait("no Pod", lambda: not cluster.get("pods", "char-sums-notebook-0", tiny))
    assert cluster.get("persistentvolumeclaims", "char-sums-notebook", tiny)
    suspend(cluster, tiny, asked=False)
    wait_all_ready(cluster, tiny, seconds=300)
    assert in_pod(cluster, "char-sums-notebook-0", "cat", "/model/src/work.py") == "kept\n"


def suspend(cluster, namespace, *, asked):
    text = json.dumps({"spec": {"suspend": asked}})
    place = ("notebooks", "char-sums", f"--namespace={namespace}")
    cluster.kubectl("patch", *place, "--type=merge", f"--patch={text}")
