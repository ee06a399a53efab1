"""Which Pods a namespace that enforces a Pod Security level admits, and that they run there."""

import json

import pytest
from mission import PATIENCE, words
from readiness import EXAMPLES, wait_all_ready

KINDS = {"build", "load", "train", "package", "serve", "notebook"}
"""The steps that have Pods."""


@pytest.fixture
def enforcing(cluster, request):
    """A namespace that refuses Pods that do not keep to *baseline*."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:50].strip("-")
    cluster.create_namespace(name, **{"pod-security.kubernetes.io/enforce": "baseline"})
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module")
def restricted(cluster):
    """A namespace that refuses Pods that do not keep to *restricted*."""
    cluster.create_namespace("refuses", **{"pod-security.kubernetes.io/enforce": "restricted"})
    yield "refuses"
    cluster.kubectl("delete", "namespace", "refuses", "--wait=false")


def templates(cluster, namespace):
    """Return the step and the Pod of every Job and StatefulSet."""
    return [
        (each["metadata"]["labels"]["substratus.ai/step"], each["spec"]["template"])
        for resource in ("jobs", "statefulsets")
        for each in cluster.get(resource, "", namespace)
    ]


def refused(cluster, template, namespace):
    """Return what the API server says against a Pod; nothing where it admits it."""
    spec = {**template["spec"], "serviceAccountName": "default"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe"}, "spec": spec}
    said = cluster.kubectl(
        "create",
        "--dry-run=server",
        f"--namespace={namespace}",
        "--filename=-",
        text=json.dumps(pod),
        check=False,
    )
    return said if "violates PodSecurity" in said else ""


def test_baseline_admits_and_runs_every_pod(cluster, stack, enforcing, restricted):
    cluster.apply_objects(*words(epochs=1), namespace=enforcing)
    wait_all_ready(cluster, enforcing, seconds=PATIENCE)
    found = templates(cluster, enforcing)
    assert {step for step, _ in found} == KINDS
    # A probe of the probe: without the setting most of them are refused elsewhere.
    assert {"load", "serve"} <= {step for step, pod in found if refused(cluster, pod, restricted)}


def test_restricted_admits_all_but_the_builder_and_the_mission_runs(
    cluster, stack, other_hooks, enforcing, restricted, phase
):
    other_hooks(cluster.write_settings(pods={"security": "restricted"}))
    cluster.publish("substratusai/substratus", EXAMPLES.parent, "examples")
    with phase("examples/tiny Ready, restricted"):
        cluster.apply(EXAMPLES / "tiny", namespace=enforcing)
        wait_all_ready(cluster, enforcing, seconds=2 * PATIENCE)
    found = templates(cluster, enforcing)
    assert {step for step, _ in found} == KINDS
    assert {step for step, pod in found if refused(cluster, pod, restricted)} == {
        "build",
        "package",
    }
