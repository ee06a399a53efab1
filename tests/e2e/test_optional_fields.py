"""Objects that use every optional field: Ready, and at rest, on the real API server."""

import json
import subprocess

import pytest
import yaml
from audit import as_text
from readiness import KINDS, objects, wait_all_ready
from stack import BIN

GIT = {"git": {"url": "https://github.com/substratusai/model-facebook-opt-125m"}}
ENV = [
    {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}},
    {"name": "REVISION", "value": "main"},
    {"name": "EMPTY", "value": ""},
]
JOBS = {"deadlineSeconds": 3600, "retries": 2}
PARAMS = {"epochs": 1, "extra": {"learning_rate": "0.1", "empty": "", "text": "$(HOME) <é>"}}


def manifest(kind, name, **spec):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


OBJECTS = [
    manifest("Dataset", "squad", filename="squad.jsonl", source=GIT, env=ENV, **JOBS),
    manifest(
        "Model", "opt", source=GIT, compute={"accelerator": "nvidia-24gb", "types": ["GPU"]}, **JOBS
    ),
    manifest(
        "Model",
        "tuned",
        source={"modelName": "opt"},
        training={"datasetName": "squad", "params": PARAMS},
        env=ENV,
        **JOBS,
    ),
    manifest("ModelServer", "tuned", modelName="tuned", replicas=2, env=ENV),
    manifest("Notebook", "tuned", modelName="tuned", env=ENV),
]
TEXT = yaml.safe_dump_all(OBJECTS)


@pytest.fixture(scope="module")
def place(cluster, stack):
    """A namespace in which every one of them is Ready."""
    name = "optional-fields"
    metadata = {"name": name, "labels": {"substratus.ai/e2e": "namespace"}}
    cluster.apply_objects({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    cluster.apply_objects(*OBJECTS, namespace=name)
    wait_all_ready(cluster, name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def test_the_api_server_takes_every_child(cluster):
    command = [BIN / "substratus", "render", "-f", "-"]
    done = subprocess.run(command, input=TEXT, capture_output=True, text=True, check=True)
    text = cluster.kubectl(
        "apply", "--dry-run=server", "--validate=strict", "-f=-", text=done.stdout
    )
    count = len([each for each in yaml.safe_load_all(done.stdout) if each])
    assert text.count("created (server dry run)") == count


def test_nothing_is_written_at_rest(place, cluster, stack, audit):
    stack.recorder.wait_quiet()
    since, calls = audit.mark(), len(stack.recorder.calls)
    kinds = ",".join(f"{kind}.substratus.ai" for kind in KINDS)
    cluster.kubectl("annotate", "--all", kinds, "touched=yes", f"--namespace={place}")
    uids = {each["metadata"]["uid"] for each in objects(cluster, place)}
    cluster.wait(
        "a hook call for every object", lambda: all(stack.recorder.of(uid, calls) for uid in uids)
    )
    stack.recorder.wait_quiet()
    assert [as_text(each) for each in audit.writes(since, namespace=place)] == []


def test_the_trainer_and_the_notebook_have_the_parameters_as_variables_and_as_a_file(
    place, cluster
):
    pods = {
        container["name"]: pod
        for pod in cluster.get("pods", "", place)
        for container in pod["spec"]["containers"]
    }
    for name in ("trainer", "notebook"):
        pod = pods[name]
        (container,) = [each for each in pod["spec"]["containers"] if each["name"] == name]
        variables = {each["name"]: each.get("value", "") for each in container["env"]}
        assert variables["PARAM_LEARNING_RATE"] == "0.1"
        assert variables["PARAM_TEXT"] == "$$(HOME) <é>"
        file = json.loads(pod["metadata"]["annotations"]["substratus.ai/params"])
        assert file == {"epochs": 1, "batchSize": 1, "dataLimit": 10**12, **PARAMS["extra"]}


def test_another_secret_runs_nothing_again(place, cluster, stack):
    stack.recorder.wait_quiet()
    jobs = {each["metadata"]["uid"] for each in cluster.get("jobs", "", place)}
    moved = {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "other", "key": "t"}}}
    text = json.dumps({"spec": {"env": [moved, *ENV[1:]]}})
    for resource, name in (("datasets", "squad"), ("models", "tuned")):
        cluster.kubectl(
            "patch", f"{resource}.substratus.ai", name, "--type=merge", f"--patch={text}",
            f"--namespace={place}",
        )  # fmt: skip
    stack.recorder.wait_quiet()
    wait_all_ready(cluster, place)
    assert {each["metadata"]["uid"] for each in cluster.get("jobs", "", place)} == jobs
