"""What must hold when something goes wrong, on the real API server with the real Metacontroller."""

import json
import random
import re
import time

import pytest
from control_plane import ROOT, wait_until
from stack import ready, wait_all_ready, wait_ready_is

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
    time.sleep(2)
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
    cluster.kubectl("delete", "service", "opt-modelserver", f"--namespace={namespace}")
    deleted = time.monotonic()
    wait_until(
        "the conflict to clear",
        lambda: ready(cluster.get("modelservers", "opt", namespace)[0])[1] != "NameConflict",
        seconds=1,
    )
    print(f"\nconflict cleared after {time.monotonic() - deleted:.2f} s", flush=True)
    wait_all_ready(cluster, namespace)
    assert cluster.get("services", "opt-modelserver", namespace)[0]["metadata"]["uid"] != uid


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
    wait_until(
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
    time.sleep(3)
    found = cluster.get("modelservers", "opt", namespace)[0]
    assert ready(found)[:2] == ("False", "ServerNotReady")
    assert found["status"]["observedGeneration"] == found["metadata"]["generation"]


def test_a_namespace_that_asks_gets_the_service_accounts(stack, cluster, namespace):
    cluster.kubectl("label", "namespace", namespace, "substratus.ai/enabled=true")
    wait_until(
        "six service accounts",
        lambda: len(cluster.get("serviceaccounts", "", namespace)) == 7,  # and `default`
        seconds=20,
    )


def test_twenty_kills_run_no_job_twice(stack, cluster, namespace):
    """Kill the hooks or Metacontroller at random moments while the examples are applied."""
    chance = random.Random(20)  # noqa: S311 - a seed, so that a failure can be repeated
    since = cluster.audit_length()
    cluster.kubectl("apply", f"--namespace={namespace}", f"--filename={ROOT / 'examples'}")
    for _ in range(20):
        victim = chance.choice([stack.hooks, stack.metacontroller])
        victim.kill()
        time.sleep(chance.uniform(0.05, 0.4))
        victim.start()
        time.sleep(chance.uniform(0.1, 1.2))
    wait_all_ready(cluster, namespace)
    created = [
        each["objectRef"]["name"]
        for each in cluster.writes("metacontroller", since)
        if each["verb"] == "create"
        and each["objectRef"]["resource"] == "jobs"
        and each["objectRef"]["namespace"] == namespace
        and each["responseStatus"]["code"] == 201
    ]
    runs = [re.search(r"-([a-z]+-[0-9a-f]{10})$", name)[0] for name in created]
    assert sorted(runs) == sorted(set(runs))
    print(f"\n20 kills: {len(created)} Jobs created, no run twice", flush=True)
