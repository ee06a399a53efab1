"""A laptop: the example, with the settings for one, on a node that has 4 CPUs and 8 GiB.

Not real: the repositories of the example have the workloads of these tests, since no model
can be downloaded, and a Pod asks for what a cluster of one node takes for itself.
"""

import kubelet
import pytest
import yaml
from mission import PATIENCE, WORKLOADS
from processes import ROOT
from readiness import EXAMPLES, objects, ready, wait_all_ready

PLACE = "laptop"
REPOSITORIES = {"model-facebook-opt-125m": "words", "dataset-squad": "numbers"}
LOCAL = yaml.safe_load((ROOT / "config" / "examples" / "local.yaml").read_text())
BESIDE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "kube-system"},
    "spec": {
        "terminationGracePeriodSeconds": 1,
        "containers": [
            {
                "name": "main",
                "image": "docker.io/library/debian:bookworm-slim",
                "command": ["sleep", "infinity"],
                "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
            }
        ],
    },
}
"""What a new cluster of kind asks for: control plane, DNS and network have 950m and 290Mi."""


@pytest.fixture
def laptop(cluster, stack, other_hooks):
    """A node of a laptop's size on which nothing else is, and the settings for one."""
    cluster.kubectl("delete", "namespace", "--selector=substratus.ai/e2e=namespace", "--wait")
    sections = {key: LOCAL[key] for key in ("storage", "claims", "compute", "resources")}
    other_hooks(cluster.write_settings(**sections))
    for name, workload in REPOSITORIES.items():
        cluster.publish(f"substratusai/{name}", WORKLOADS / workload)
    with cluster.as_large_as(cpu="4", memory="8Gi", disk="60Gi", gpus="0"):
        cluster.create_namespace(PLACE)
        cluster.apply_objects(BESIDE, namespace=PLACE)
        yield PLACE
        cluster.kubectl("delete", "namespace", PLACE, "--wait")


def test_the_example_is_ready_and_nothing_of_it_ever_waits_for_room(cluster, laptop, phase):
    with phase("examples/125m-cpu.yaml Ready on 4 CPUs and 8 GiB"):
        cluster.apply(EXAMPLES / "125m-cpu.yaml", namespace=laptop)
        wait_all_ready(cluster, laptop, seconds=PATIENCE)
    found = objects(cluster, laptop)
    assert [(each["kind"], each["metadata"]["name"], ready(each)[0]) for each in found] == [
        ("Dataset", "squad", "True"),
        ("Model", "opt-125m", "True"),
        ("Model", "opt-125m-squad", "True"),
        ("ModelServer", "opt-125m", "True"),
        ("ModelServer", "opt-125m-squad", "True"),
        ("Notebook", "opt-125m", "True"),
        ("Notebook", "opt-125m-squad", "True"),
    ]
    reasons = {
        ready(each.object)[1]
        for kind in ("datasets", "models", "modelservers", "notebooks")
        for each in cluster.watch.of(kind, laptop)
    }
    assert "Unschedulable" not in reasons
    (node,) = cluster.get("nodes", kubelet.NODE)
    assert (node["status"]["allocatable"]["cpu"], node["status"]["allocatable"]["memory"]) == (
        "4",
        "8Gi",
    )
