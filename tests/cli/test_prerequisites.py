"""What `substratus check` lists as needed before, and what it looks for in a cluster."""

import json

import pytest
from rendering import rendering

from cli.commands import run, text, thing
from substratus.commands.check.podsecurity import Level, admitted_by
from substratus.files import read_settings
from substratus.manifests import platforms

DATA = thing(
    "Dataset",
    "data",
    filename="a",
    queue="team",
    source={"git": {"url": "https://example.com/a"}},
    env=[{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "token"}}}],
)


def needed(*objects, **settings):
    """Return what is needed, a line each."""
    said = run("check", "-f", "-", *settings.get("options", ()), text=text(*objects)).stderr
    return [line.removeprefix("needed: ") for line in said.splitlines() if "needed: " in line]


def test_a_secret_that_a_variable_names_is_needed():
    assert "Secret default/hub, for Dataset/data." in needed(DATA)


def test_a_secret_of_a_build_is_needed():
    secret = {"id": "pip", "secretKeyRef": {"name": "index", "key": "token"}}
    git = {"url": "https://example.com/a", "buildSecrets": [secret]}
    data = thing("Dataset", "data", filename="a", source={"git": git})
    assert "Secret default/index, for Dataset/data." in needed(data)


def test_a_queue_is_needed():
    assert "LocalQueue default/team, for Dataset/data." in needed(DATA)


def test_a_default_storage_class_is_needed_for_claims():
    assert "a default StorageClass, for Dataset/data." in needed(DATA)


def test_service_accounts_need_a_label_of_the_namespace():
    assert (
        'Namespace default with the label substratus.ai/enabled: "true", for Dataset/data.'
        in needed(DATA, options=("--platform", "gke"))
    )


def test_without_service_accounts_no_label_is_needed():
    assert not any("substratus.ai/enabled" in each for each in needed(DATA))


def test_builds_need_a_namespace_that_admits_them():
    assert (
        "Namespace default with no stricter pod-security.kubernetes.io/enforce than baseline, "
        "for Dataset/data." in needed(DATA)
    )


def test_a_claim_that_an_administrator_makes_is_needed():
    said = needed(DATA, options=("--platform", "eks"))
    assert "PersistentVolumeClaim default/substratus-bucket, for Dataset/data." in said


def test_a_storage_class_of_the_settings_is_needed(tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text("claims: {storageClassName: fast}\nregistry: {url: r.team.io/ml}\n")
    said = needed(DATA, options=("--platform", str(settings)))
    assert "StorageClass fast, for Dataset/data." in said


def test_what_the_settings_have_of_an_example_is_needed():
    said = needed(DATA, options=("--platform", "gke"))
    assert any("your own storage.gcs.bucket" in each for each in said)


def test_a_claim_that_the_object_has_is_not_needed():
    assert not any("PersistentVolumeClaim" in each for each in needed(DATA))


def test_nothing_is_listed_while_something_is_wrong():
    assert needed(thing("ModelServer", "a", modelName="nobody")) == []


@pytest.mark.parametrize("platform", [*platforms(), None])
def test_no_pod_of_an_example_needs_more_than_baseline(platform):
    rendered = rendering(read_settings(platform), "125m-cpu")
    assert min(admitted_by(each.pod) for each in rendered.children if each.pod) >= Level.BASELINE


@pytest.mark.parametrize(
    "pod",
    [
        {"hostNetwork": True},
        {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]},
        {"containers": [{"securityContext": {"privileged": True}}]},
        {"containers": [{"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]},
        {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
    ],
    ids=["the host's network", "the host's files", "privileged", "SYS_ADMIN", "no seccomp"],
)
def test_what_baseline_refuses_needs_a_privileged_namespace(pod):
    assert admitted_by(pod) is Level.PRIVILEGED


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Return what puts a kubectl on the PATH that answers by its first words."""

    def make(answers):
        cases = "\n".join(
            f"'{words}'*) cat <<'END'\n{answer}\nEND\n;;" for words, answer in answers.items()
        )
        program = tmp_path / "kubectl"
        program.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}\nesac\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return make


def namespace(**labels):
    return json.dumps({"kind": "Namespace", "metadata": {"name": "default", "labels": labels}})


def storage_class(**annotations):
    return json.dumps({"items": [{"metadata": {"name": "fast", "annotations": annotations}}]})


READY = {
    "get datasets": json.dumps({"items": []}),
    "get secrets": "secret/hub",
    "get localqueues": "localqueue.kueue.x-k8s.io/team",
    "get namespaces": namespace(**{"substratus.ai/enabled": "true"}),
    "get storageclasses": storage_class(**{"storageclass.kubernetes.io/is-default-class": "true"}),
}


@pytest.fixture
def problems(tmp_path):
    """Return what asks the cluster, with settings by which Pods have service accounts."""
    settings = tmp_path / "settings.yaml"
    settings.write_text("identity: {type: gke}\n")
    options = ("--from-cluster", "-o", "json", "--platform", str(settings))

    def ask():
        result = run("check", "-f", "-", *options, text=text(DATA))
        return [each["message"] for each in json.loads(result.stdout)], result

    return ask


def test_nothing_is_missing_in_a_cluster_that_has_all(cluster, problems):
    cluster(READY)
    messages, result = problems()
    assert (messages, result.exit_code) == ([], 0)


LACKS = {
    "a Secret": ({"get secrets": ""}, "needs Secret default/hub, which"),
    "a queue": ({"get localqueues": ""}, "needs LocalQueue default/team, which"),
    "the label": ({"get namespaces": namespace()}, "needs Namespace default with the label"),
    "a default class": ({"get storageclasses": storage_class()}, "needs a default StorageClass"),
    "a namespace that admits builds": (
        {
            "get namespaces": namespace(
                **{
                    "substratus.ai/enabled": "true",
                    "pod-security.kubernetes.io/enforce": "restricted",
                }
            )
        },
        "needs Namespace default with no stricter pod-security.kubernetes.io/enforce than baseline",
    ),
}


@pytest.mark.parametrize(("change", "message"), LACKS.values(), ids=LACKS)
def test_what_a_cluster_lacks_is_a_problem(cluster, problems, change, message):
    cluster({**READY, **change})
    (found,), result = problems()
    assert found.startswith(message)
    assert result.exit_code == 1


def test_a_namespace_that_does_not_exist_has_no_labels(cluster, problems):
    cluster({**READY, "get namespaces": ""})
    messages, _ = problems()
    assert [each.partition(",")[0] for each in messages] == [
        'needs Namespace default with the label substratus.ai/enabled: "true"'
    ]
