"""Where a training writes: straight into its storage, or beside it and copied at the end."""

import subprocess

import pytest
from rendering import pods

from hooks.settings import load
from substratus.manifests import platforms


def trainer(platform):
    settings = load(platforms()[platform].read_text(), source=platform)
    return next(pod["spec"] for step, pod in pods(settings, "125m-cpu") if step == "train")


@pytest.mark.parametrize("platform", ["onprem", "gke", "aks"])
def test_a_training_writes_straight_into_its_storage(platform):
    spec = trainer(platform)
    assert "initContainers" not in spec
    assert [each["name"] for each in spec["containers"]] == ["trainer"]


def test_on_s3_a_training_writes_to_the_disk_of_the_node():
    spec = trainer("eks")
    (train,) = spec["initContainers"]
    assert (train["name"], train["command"]) == ("trainer", ["train.sh"])
    written = {each["mountPath"]: each for each in train["volumeMounts"]}
    assert written["/model/trained"] == {
        "name": "output",
        "mountPath": "/model/trained",
        "subPath": "trained",
    }


def test_on_s3_the_result_is_copied_when_the_training_has_succeeded():
    (copy,) = trainer("eks")["containers"]
    assert [*copy["command"], *copy["args"]] == [
        *("cp", "-R", "--"),
        *("/run/staged/trained", "/run/staged/logs", "/run/result/"),
    ]
    where = {each["mountPath"]: each for each in copy["volumeMounts"]}
    assert where["/run/staged"]["readOnly"] is True
    assert where["/run/result/trained"]["subPath"].endswith("/model/trained")
    assert where["/run/result/logs"]["subPath"].endswith("/model/logs")


def test_the_copy_runs_as_any_users_image_does_and_says_why_it_failed():
    (copy,) = trainer("eks")["containers"]
    assert copy["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert copy["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert copy["volumeMounts"][0] == {
        "name": "output",
        "mountPath": "/run/staged",
        "readOnly": True,
    }


def test_the_disk_of_the_node_is_a_volume_of_the_pod():
    assert {"name": "output", "emptyDir": {}} in trainer("eks")["volumes"]


def test_the_copy_does_what_it_says(tmp_path):
    """The very arguments, at another root: into directories that are there already."""
    (copy,) = trainer("eks")["containers"]
    for each in ("staged/trained/deep", "staged/logs", "result/trained", "result/logs"):
        (tmp_path / each).mkdir(parents=True)
    (tmp_path / "staged/trained/deep/weights").write_text("w")
    args = [each.replace("/run/", f"{tmp_path}/") for each in copy["args"]]
    subprocess.run([*copy["command"], *args], check=True)
    assert (tmp_path / "result/trained/deep/weights").read_text() == "w"
