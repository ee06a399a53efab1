"""What must hold when something goes wrong, on the real API server with the real Metacontroller."""

import json

import pytest
from readiness import ready, wait_all_ready, wait_ready_is

GIT = {"git": {"url": "https://github.com/substratusai/model-facebook-opt-125m"}}


def manifest(kind, name, spec):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


MODEL = manifest("Model", "opt", {"source": GIT})
SERVER = manifest("ModelServer", "opt", {"modelName": "opt"})


def test_a_model_that_is_deleted_leaves_its_server_untouched(stack, cluster, namespace):
    cluster.apply_objects(MODEL, SERVER, namespace=namespace)
    wait_all_ready(cluster, namespace)
    before = cluster.get("statefulsets", "opt-modelserver", namespace)[0]["metadata"]
    cluster.kubectl("delete", "models.substratus.ai", "opt", f"--namespace={namespace}")
    found = wait_ready_is(
        cluster, "modelservers", "opt", ("False", "ModelNotFound"), namespace=namespace
    )
    stack.recorder.wait_quiet()
    after = cluster.get("statefulsets", "opt-modelserver", namespace)[0]["metadata"]
    assert (after["uid"], after["generation"]) == (before["uid"], before["generation"])
    assert ready(found)[2] == (
        "Model opt is not in this namespace. Create it, or correct its name here. "
        "What runs is kept as it is."
    )


def test_a_foreign_service_is_a_conflict_that_clears_when_it_goes(stack, cluster, namespace):
    ports = [{"port": 80}]
    foreign = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "opt-modelserver"},
        "spec": {"ports": ports},
    }
    cluster.apply_objects(foreign, MODEL, SERVER, namespace=namespace)
    wait_ready_is(cluster, "modelservers", "opt", ("False", "NameConflict"), namespace=namespace)
    uid = cluster.get("services", "opt-modelserver", namespace)[0]["metadata"]["uid"]
    since = len(cluster.watch.changes)
    cluster.kubectl("delete", "service", "opt-modelserver", f"--namespace={namespace}")
    wait_all_ready(cluster, namespace)
    assert cluster.get("services", "opt-modelserver", namespace)[0]["metadata"]["uid"] != uid
    gone = next(
        each.time
        for each in cluster.watch.of("services", namespace, since)
        if each.type == "DELETED"
    )
    cleared = next(
        each.time
        for each in cluster.watch.of("modelservers", namespace, since)
        if ready(each.object)[1] != "NameConflict"
    )
    assert cleared - gone < 1


@pytest.fixture
def no_statefulsets(cluster, namespace):
    """A policy by which the API server refuses StatefulSets in the namespace."""
    name = f"no-statefulsets-in-{namespace}"[:60].strip("-")
    match = {
        "matchConstraints": {
            "resourceRules": [
                {
                    "apiGroups": ["apps"],
                    "apiVersions": ["v1"],
                    "operations": ["CREATE", "UPDATE"],
                    "resources": ["statefulsets"],
                }
            ]
        }
    }
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {**match, "validations": [{"expression": "false", "message": "not here"}]},
    }
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    binding = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": selector},
        },
    }
    cluster.apply_objects(policy, binding)
    probe = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "probe"},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "serviceName": "probe",
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "x"}]},
            },
        },
    }
    cluster.wait(
        "the policy to hold",
        lambda: (
            "not here"
            in cluster.kubectl(
                "create",
                "--dry-run=server",
                f"--namespace={namespace}",
                "--filename=-",
                text=json.dumps(probe),
                check=False,
            )
        ),
    )
    yield
    cluster.kubectl("delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", name)


def test_a_refused_statefulset_is_not_ready(stack, cluster, namespace, no_statefulsets):
    cluster.apply_objects(MODEL, SERVER, namespace=namespace)
    found = wait_ready_is(
        cluster, "modelservers", "opt", ("False", "ServerNotReady"), namespace=namespace
    )
    stack.recorder.wait_quiet(0.5)
    found = cluster.get("modelservers", "opt", namespace)[0]
    assert ready(found)[:2] == ("False", "ServerNotReady")
    assert found["status"]["observedGeneration"] == found["metadata"]["generation"]


def test_a_namespace_that_asks_gets_the_service_accounts(stack, cluster, namespace):
    cluster.kubectl("label", "namespace", namespace, "substratus.ai/enabled=true")
    cluster.wait(
        "six service accounts",
        lambda: len(cluster.get("serviceaccounts", "", namespace)) == 7,  # and `default`
        seconds=20,
    )
