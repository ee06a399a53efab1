"""A ModelServer's replicas: a person, an HPA, and no hook that fights either."""

import json
import time

import pytest
from audit import as_text
from metrics import Metrics
from readiness import ready, wait_all_ready, wait_ready_is

GIT = {"git": {"url": "https://github.com/substratusai/model-facebook-opt-125m"}}
QUIET = 60
"""Seconds in which nothing may be written."""


def manifest(kind, name, spec):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


MODEL = manifest("Model", "opt", {"source": GIT})
SERVER = manifest("ModelServer", "opt", {"modelName": "opt"})
HPA = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "opt"},
    "spec": {
        "scaleTargetRef": {
            "apiVersion": "substratus.ai/v1",
            "kind": "ModelServer",
            "name": "opt",
        },
        "minReplicas": 1,
        "maxReplicas": 5,
        "metrics": [
            {
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "averageUtilization": 50},
                },
            }
        ],
    },
}
"""The server asks for 3 CPUs: half of that for each Pod is 1.5."""


@pytest.fixture
def server(stack, cluster, namespace):
    cluster.apply_objects(MODEL, SERVER, namespace=namespace)
    wait_all_ready(cluster, namespace)
    return namespace


def scale(cluster, namespace, replicas):
    arguments = [f"--replicas={replicas}", f"--namespace={namespace}"]
    cluster.kubectl("scale", "modelservers.substratus.ai", "opt", *arguments)


def pods(cluster, namespace):
    return [
        each
        for each in cluster.get("pods", "", namespace)
        if each["metadata"]["name"].startswith("opt-modelserver-")
        and not each["metadata"].get("deletionTimestamp")
    ]


def wait_pods(cluster, namespace, count, seconds=60):
    def check():
        found = cluster.get("modelservers", "opt", namespace)[0]
        reported = found["status"].get("replicas") == count
        seen = found["status"].get("observedGeneration") == found["metadata"]["generation"]
        return reported and seen and len(pods(cluster, namespace)) == count

    cluster.wait(f"{count} Pods", check, seconds=seconds)


@pytest.mark.parametrize("count", [3, 0])
def test_kubectl_scale_does_what_it_says(server, cluster, count):
    scale(cluster, server, count)
    wait_pods(cluster, server, count)


def test_no_replicas_are_a_reason_and_one_more_serves_again(server, cluster):
    scale(cluster, server, 0)
    wait_ready_is(cluster, "modelservers", "opt", ("True", "ScaledToZero"), namespace=server)
    scale(cluster, server, 1)
    wait_ready_is(cluster, "modelservers", "opt", ("True", "Serving"), namespace=server)


def scale_of(cluster, namespace):
    place = f"/apis/substratus.ai/v1/namespaces/{namespace}/modelservers/opt/scale"
    return cluster.kubectl("get", "--raw", place, check=False)


def test_the_scale_says_how_many_pods_there_are_and_how_to_find_them(server, cluster):
    scale(cluster, server, 1)
    assert json.loads(scale_of(cluster, server))["status"] == {
        "replicas": 1,
        "selector": "substratus.ai/modelserver=opt",
    }


def test_replicas_that_were_never_given_have_no_scale(server, cluster):
    """So whoever scales it automatically needs a first number."""
    assert 'replicas field ".spec.replicas" does not exist' in scale_of(cluster, server)


def test_it_serves_with_fewer_pods_than_are_asked_for_and_says_why(stack, cluster, namespace):
    """The three nodes have 8 GPUs each."""
    gpu = {"source": GIT, "compute": {"types": ["GPU"]}}
    cluster.apply_objects(manifest("Model", "opt", gpu), SERVER, namespace=namespace)
    wait_all_ready(cluster, namespace)
    scale(cluster, namespace, 25)

    def reported():
        status, _, message = ready(cluster.get("modelservers", "opt", namespace)[0])
        return status == "True" and message.endswith(
            "24 of 25 Pods are ready. Unschedulable: Insufficient nvidia.com/gpu."
        )

    cluster.wait("the Pod without a GPU to be reported", reported)


@pytest.fixture
def metrics(cluster):
    """A metrics API that reports what the test says."""

    def matching(namespace, selector):
        key, _, value = selector.partition("=")
        return [
            each
            for each in cluster.get("pods", "", namespace)
            if each["metadata"].get("labels", {}).get(key) == value
        ]

    found = Metrics(cluster.directory, matching)
    cluster.apply_objects(*found.objects())
    yield found
    cluster.kubectl("delete", "apiservice", "v1beta1.metrics.k8s.io")
    cluster.kubectl("delete", "service", "fake-metrics", "--namespace=default")
    found.stop()


def test_an_autoscaler_owns_the_replicas_and_no_hook_fights_it(
    server, cluster, stack, audit, metrics
):
    metrics.cores = 3  # two Pods at half of what each asks for
    scale(cluster, server, 1)
    cluster.apply_objects(HPA, namespace=server)
    wait_pods(cluster, server, 2, seconds=90)
    wait_all_ready(cluster, server)
    stack.recorder.wait_quiet()
    since = audit.mark()
    time.sleep(QUIET)
    assert [as_text(each) for each in audit.writes(since, namespace=server)] == []
    assert len(pods(cluster, server)) == 2
    since = audit.mark()
    metrics.cores = 6
    wait_pods(cluster, server, 4, seconds=90)
    wait_all_ready(cluster, server)
    stack.recorder.wait_quiet()
    writes = audit.writes(since, resource="statefulsets", namespace=server)
    scaled = audit.writes(
        since, user="admin", resource="modelservers", subresource="scale", namespace=server
    )
    assert scaled
    assert len(writes) == len([each for each in scaled if each["verb"] != "get"])
