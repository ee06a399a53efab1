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
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)
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


def listens(cluster, server):
    try:
        return httpx.get(f"{address(cluster, server)}/docs", timeout=60).is_success
    except httpx.ConnectError:
        return False


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
    known = set(listed.stdout.splitlines())
    # What was built runs by a digest that nobody knows before.
    assert {each if each in known else each.partition("@")[0] for each in pulled} == known


def test_what_was_built_runs_by_the_digest_that_the_registry_has(cluster, tiny):
    for name in ("char", "char-sums"):
        image = cluster.get("models", name, tiny)[0]["status"]["containerImage"]
        reference, _, digest = image.partition("@")
        host, _, rest = reference.partition("/")
        repository, _, tag = rest.rpartition(":")
        manifest = f"http://{host}/v2/{repository}/manifests/{tag}"
        found = httpx.head(manifest, headers={"Accept": MANIFESTS}).raise_for_status()
        assert found.headers["Docker-Content-Digest"] == digest


def test_the_status_has_the_commit_that_was_built(cluster, tiny):
    (model,) = cluster.get("models", "char", tiny)
    (dataset,) = cluster.get("datasets", "sums", tiny)
    commit = model["status"]["provenance"]["git"]["commit"]
    assert re.fullmatch("[0-9a-f]{40}", commit)
    assert dataset["status"]["commit"] == commit


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


@pytest.fixture(scope="module")
def stored(cluster, tiny, phase):
    """The trained Model once more, with its result on storage, and a server of it."""
    (model,) = cluster.get("models", "char-sums", tiny)
    spec = {**model["spec"], "packaging": "Storage"}
    with phase("a result on storage, served"):
        cluster.apply_objects(
            thing("Model", "char-stored", spec),
            thing("ModelServer", "char-stored", {"modelName": "char-stored"}),
            namespace=tiny,
        )
        wait_all_ready(cluster, tiny, seconds=PATIENCE)
    return "char-stored"


def thing(kind, name, spec):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


def test_a_result_on_storage_is_served_without_a_build(cluster, tiny, stored):
    prompt = "two plus three is"
    # The node learns a moment later than the object where the Service of a ready Pod leads.
    cluster.wait("the Service", lambda: listens(cluster, f"{stored}-modelserver"))
    answers = [generate(cluster, f"{name}-modelserver", prompt) for name in ("char-sums", stored)]
    assert answers[0] == answers[1]
    jobs = [each["metadata"]["name"] for each in cluster.get("jobs", "", tiny)]
    assert [name for name in jobs if name.startswith(f"{stored}-model-package")] == []


def test_a_server_may_not_change_it(cluster, tiny, stored):
    denied = "touch /model/saved/x 2>&1 || true"
    pod = f"{stored}-modelserver-0"
    assert "Read-only file system" in in_pod(cluster, pod, "sh", "-c", denied)


def test_a_second_pod_on_its_claim_is_not_started(cluster, tiny, stored):
    cluster.apply_objects(thing("Notebook", "second", {"modelName": stored}), namespace=tiny)

    def refused():
        (found,) = cluster.get("notebooks", "second", tiny)
        conditions = (found.get("status") or {}).get("conditions") or []
        return any(each["reason"] == "StorageNotShared" for each in conditions)

    cluster.wait("the condition StorageNotShared", refused)
    cluster.kubectl("delete", "notebook", "second", f"--namespace={tiny}")


def test_a_model_that_is_deleted_leaves_its_server_running(cluster, tiny, stored):
    cluster.kubectl("delete", "model", stored, f"--namespace={tiny}")

    def reported():
        (found,) = cluster.get("modelservers", stored, tiny)
        conditions = {each["type"]: each for each in found["status"]["conditions"]}
        return "does not find them" in conditions["ModelReady"]["message"]

    cluster.wait("the condition to say what comes", reported)
    assert generate(cluster, f"{stored}-modelserver", "two plus three is")
    assert cluster.get("persistentvolumeclaims", "", tiny)
    cluster.kubectl("delete", "modelserver", stored, f"--namespace={tiny}")
