"""Another version of the hooks, which gives every child another shape, and other settings."""

import os
import shutil
import subprocess
from collections import Counter

import pytest
import yaml
from failing import patch
from mission import PATIENCE, servers, steps, words
from processes import ROOT
from readiness import objects, ready, wait_all_ready
from stack import BIN

SERVER = '"name": "server",'
START = '"command": ["/bin/sh", "-c", _START],'
CHANGES = {
    "server_service.py": ('"name": "http", ', '"name": "http", "appProtocol": "http", '),
    "server_statefulset.py": (SERVER, f'{SERVER} "tty": True,'),
    "notebook_statefulset.py": (START, f'{START} "tty": True,'),
    "job.py": ('"podFailurePolicy": ', '"activeDeadlineSeconds": 86400, "podFailurePolicy": '),
}
"""What the other version renders differently: Services, servers, notebooks and Jobs."""
GRACE = {
    "target": {"kind": "StatefulSet"},
    "operations": [
        {"op": "add", "path": "/spec/template/spec/terminationGracePeriodSeconds", "value": 3}
    ],
}
"""A patch of the settings, which are no input of what runs."""


@pytest.fixture
def other_version(tmp_path):
    """The directory of another version of the hooks."""
    shutil.copytree(ROOT / "hooks", tmp_path / "hooks")
    for name, (before, after) in CHANGES.items():
        file = tmp_path / "hooks" / "children" / name
        assert file.read_text().count(before) == 1, f"{name} no longer has {before}"
        file.write_text(file.read_text().replace(before, after))
    return tmp_path


def state(cluster, namespace):
    return {
        (each["kind"], each["metadata"]["name"]): ready(each)[:2]
        for each in objects(cluster, namespace)
    }


def uids(cluster, namespace, resource):
    return {each["metadata"]["uid"] for each in cluster.get(resource, "", namespace)}


def template(cluster, namespace, name):
    """Return what the other version and the settings change in a StatefulSet's Pods."""
    found = cluster.get("statefulsets", name, namespace)[0]["spec"]["template"]["spec"]
    tty = any(each.get("tty") for each in found["containers"])
    return tty, found["terminationGracePeriodSeconds"]


def substratus(*arguments, source=ROOT):
    """Return what a command says, of the version of the hooks in a directory."""
    done = subprocess.run(
        [BIN / "substratus", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_an_upgrade_restarts_nothing_and_the_next_edit_brings_it_along(
    stack, cluster, audit, other_hooks, other_version, namespace, tmp_path
):
    wanted = words(epochs=60)
    cluster.apply_objects(*wanted, namespace=namespace)

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
    jobs, pods, since = uids(cluster, namespace, "jobs"), servers(cluster, namespace), audit.mark()
    settings = cluster.write_settings(patches=[GRACE])
    other_hooks(settings, other_version)

    cluster.wait("the new shape of the Service", lambda: renamed(cluster, namespace), seconds=60)
    stack.recorder.wait_quiet(3)
    assert servers(cluster, namespace) == pods
    assert template(cluster, namespace, "words-modelserver") == (False, 30)
    assert jobs <= uids(cluster, namespace, "jobs")
    assert state(cluster, namespace)[("Model", "words-numbers")] == ("False", "Training")
    assert updates(audit, since, namespace) == {("services", "words-modelserver"): 1}

    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    assert Counter(steps(cluster, namespace)).most_common(1)[0][1] == 1
    pods = {**servers(cluster, namespace), **pods}
    assert template(cluster, namespace, "words-numbers-modelserver") == (True, 3)
    assert template(cluster, namespace, "words-numbers-notebook") == (True, 3)

    file, before = tmp_path / "words.yaml", tmp_path / "before"
    file.write_text(yaml.safe_dump_all(wanted))
    place = ("--namespace", namespace)
    usual = cluster.write_settings()
    substratus("simulate", "-f", file, *place, "--platform", usual, "--write", before)
    said = substratus("diff", before, file, *place, "--platform", settings, source=other_version)
    assert (
        f"StatefulSet words-modelserver of ModelServer {namespace}/words keeps its template, since "
        "none of its inputs changes. The next change of one brings along "
        "spec.template.spec.containers[0].tty, spec.template.spec.terminationGracePeriodSeconds."
    ) in said

    patch(cluster, "modelservers", "words", namespace, {"env": [{"name": "A", "value": "b"}]})
    cluster.wait(
        "the new template",
        lambda: template(cluster, namespace, "words-modelserver") == (True, 3),
        seconds=60,
    )
    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    after = servers(cluster, namespace)
    assert {name for name in after if after[name] != pods[name]} == {"words-modelserver-0"}

    stack.recorder.wait_quiet(3)
    quiet = audit.mark()
    stack.metacontroller.kill()
    stack.metacontroller.start()
    stack.metacontroller.wait()
    stack.recorder.wait_quiet(3)
    assert audit.writes(quiet, namespace=namespace) == []


def renamed(cluster, namespace):
    """Return whether the server's Service has the shape of the other version."""
    (service,) = cluster.get("services", "words-modelserver", namespace)
    return service["spec"]["ports"][0].get("appProtocol")


def updates(audit, since, namespace):
    """Return how often Metacontroller wrote over each child that there was."""
    return dict(
        Counter(
            (each["objectRef"]["resource"], each["objectRef"]["name"])
            for each in audit.writes(since, verb="update", namespace=namespace)
            if each["objectRef"].get("apiGroup") != "substratus.ai"
        )
    )
