"""Another version of the hooks, which gives its children another shape."""

import shutil
from collections import Counter

import pytest
from mission import PATIENCE, steps, words
from processes import ROOT
from readiness import objects, ready, wait_all_ready

CHANGES = {
    "service.py": ('"name": "http", ', '"name": "http", "appProtocol": "http", '),
    "server_statefulset.py": ('"command": ["serve.sh"],', '"command": ["serve.sh"], "tty": True,'),
    "job.py": ('"podFailurePolicy": ', '"activeDeadlineSeconds": 86400, "podFailurePolicy": '),
}
"""What the other version renders differently: Services, servers, and Jobs."""


@pytest.fixture
def upgrade(cluster, other_hooks, tmp_path):
    """A function that replaces the hooks by their other version; afterwards it is as before."""
    shutil.copytree(ROOT / "hooks", tmp_path / "hooks")
    for name, (before, after) in CHANGES.items():
        file = tmp_path / "hooks" / "children" / name
        assert file.read_text().count(before) == 1, f"{name} no longer has {before}"
        file.write_text(file.read_text().replace(before, after))
    return lambda: other_hooks(cluster.write_settings(), tmp_path)


def state(cluster, namespace):
    return {
        (each["kind"], each["metadata"]["name"]): ready(each)[:2]
        for each in objects(cluster, namespace)
    }


def uids(cluster, namespace, resource):
    return {each["metadata"]["uid"] for each in cluster.get(resource, "", namespace)}


def test_an_upgrade_rolls_what_changed_once_and_runs_nothing_again(
    stack, cluster, audit, upgrade, namespace
):
    cluster.apply_objects(*words(epochs=90), namespace=namespace)

    def training():
        states = state(cluster, namespace)
        return (
            states[("Model", "words-numbers")] == ("False", "Training")
            and states[("ModelServer", "words")] == ("True", "Serving")
            and any(
                each["metadata"]["name"].startswith("words-numbers-model-train")
                for each in cluster.get("pods", "", namespace)
                if each["status"]["phase"] == "Running"
            )
        )

    cluster.wait("the base served and the other in training", training, seconds=PATIENCE)
    jobs, since = uids(cluster, namespace, "jobs"), audit.mark()
    upgrade()
    cluster.wait(
        "the new shape of the server",
        lambda: cluster.get("statefulsets", "words-modelserver", namespace)[0]["spec"]["template"][
            "spec"
        ]["containers"][0].get("tty"),
        seconds=60,
    )
    assert state(cluster, namespace)[("Model", "words-numbers")] == ("False", "Training")
    assert jobs <= uids(cluster, namespace, "jobs")
    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    stack.recorder.wait_quiet(3)
    assert updates(audit, since, namespace) == {
        ("services", "words-modelserver"): 1,
        ("statefulsets", "words-modelserver"): 1,
    }
    assert Counter(steps(cluster, namespace)).most_common(1)[0][1] == 1
    quiet = audit.mark()
    stack.metacontroller.kill()
    stack.metacontroller.start()
    stack.metacontroller.wait()
    stack.recorder.wait_quiet(3)
    assert audit.writes(quiet, namespace=namespace) == []


def updates(audit, since, namespace):
    """Return how often Metacontroller wrote over each child that there was."""
    return dict(
        Counter(
            (each["objectRef"]["resource"], each["objectRef"]["name"])
            for each in audit.writes(since, verb="update", namespace=namespace)
            if each["objectRef"].get("apiGroup") != "substratus.ai"
        )
    )
