"""A training and a server that lose their Pods: what a person sees, and that both are back again.

One run goes through all of it: its trainer ends with 1 when it has to go, and nothing counts that.
"""

import contextlib

import pytest
from failing import manifest, trained_model, wait_ready, words_model
from mission import files
from readiness import ready, wait_ready_is

PLACE = "losses"
EPOCHS = 200
"""Seconds of a training: longer than anything that happens to it."""
STEP = "substratus.ai/step=train"
SPARE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "spare", "annotations": {"kwok.x-k8s.io/node": "fake"}},
    "spec": {"unschedulable": True},
}
"""Another node, on which nothing runs: where all are silent, Kubernetes takes none for lost."""


@pytest.fixture(scope="module")
def place(cluster, stack):
    """A namespace of the module's own, with a Model that is served, and another that trains."""
    cluster.create_namespace(PLACE)
    git = {"url": "https://github.com/e2e/workloads", "path": "numbers"}
    numbers = manifest("Dataset", "numbers", {"filename": "n.jsonl", "source": {"git": git}})
    server = manifest("ModelServer", "words", {"modelName": "words"})
    trained = trained_model("trained", "words", "numbers", epochs=EPOCHS)
    trained["spec"]["env"] = [{"name": "EXIT_CODE", "value": "1"}]
    cluster.apply_objects(numbers, words_model("words"), server, trained, namespace=PLACE)
    wait_ready(cluster, "modelservers", "words", "Serving", PLACE)
    wait_trains(cluster)
    return PLACE


def wait_trains(cluster):
    """Wait until a Pod trains, and the Model says so."""
    wait_is(cluster, "models", "trained", "Training", 120)

    def runs():
        return [
            pod
            for pod in cluster.get("pods", "", PLACE)
            if pod["metadata"]["labels"].get("substratus.ai/step") == "train"
            and pod["status"]["phase"] == "Running"
            and "deletionTimestamp" not in pod["metadata"]
        ]

    cluster.wait("a Pod that trains", runs, seconds=120)


def wait_is(cluster, resource, name, reason, seconds=90):
    """Wait until an object's `Ready` is False for this reason; return the message."""
    found = wait_ready_is(
        cluster, resource, name, ("False", reason), namespace=PLACE, seconds=seconds
    )
    with cluster.logs.joinpath("losses.txt").open("a") as log:
        place = f"--namespace={PLACE}"
        for command in (
            ("get", resource, name, place),
            ("describe", resource, name, place),
            ("get", "pods,jobs", place, f"--selector={STEP}", "--output=yaml"),
        ):
            print(f"$ kubectl {' '.join(command)}\n{cluster.kubectl(*command)}", file=log)
        for said in dict.fromkeys(
            ready(each.object) for each in cluster.watch.of(resource, PLACE) if each.key[1] == name
        ):
            print("so far:", *said, file=log)
    return ready(found)[2]


def wait_both_are_back(cluster):
    wait_trains(cluster)
    wait_ready(cluster, "modelservers", "words", "Serving", PLACE)


def test_a_drain(cluster, place):
    drain = ("drain", "real", "--force", "--delete-emptydir-data", "--timeout=90s")
    try:
        cluster.kubectl(*drain, "--pod-selector=substratus.ai/model=trained")
        assert wait_is(cluster, "models", "trained", "Unschedulable") == (
            "Training waits. Unschedulable: node(s) were unschedulable. A node is cordoned: "
            "'kubectl uncordon' lets Pods run on it again."
        )
    finally:
        cluster.kubectl("uncordon", "real")
    wait_both_are_back(cluster)


def test_a_taint(cluster, place):
    cluster.kubectl("taint", "node", "real", "dedicated=research:NoExecute")
    causes = (
        "Unschedulable: node(s) had untolerated taint(s). A taint keeps Pods off a node: 'kubectl "
        "describe nodes' shows it. Remove it, or add the toleration by a patch."
    )
    try:
        message = wait_is(cluster, "models", "trained", "Unschedulable")
        assert message == f"Training waits. {causes}"
        message = wait_is(cluster, "modelservers", "words", "Unschedulable")
        assert message == f"The server waits. {causes}"
    finally:
        cluster.kubectl("taint", "node", "real", "dedicated-")
    wait_both_are_back(cluster)


URGENT = [
    {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": "urgent"},
        "value": 1000,
    },
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "urgent"},
        "spec": {
            "priorityClassName": "urgent",
            "terminationGracePeriodSeconds": 1,
            "containers": [
                {
                    "name": "main",
                    "image": "docker.io/library/debian:bookworm-slim",
                    "command": ["sleep", "infinity"],
                    "resources": {"requests": {"cpu": "64"}},
                }
            ],
        },
    },
]
"""A Pod that takes all of the node, before all others."""


def test_a_preemption(cluster, place):
    cluster.apply_objects(*URGENT, namespace=PLACE)
    try:
        message = wait_is(cluster, "models", "trained", "Unschedulable")
        assert message == "Training waits. Unschedulable: Insufficient cpu."
        message = wait_is(cluster, "modelservers", "words", "Unschedulable")
        assert message == "The server waits. Unschedulable: Insufficient cpu."
    finally:
        cluster.kubectl("delete", "pod", "urgent", f"--namespace={PLACE}")
    wait_both_are_back(cluster)


def test_a_node_that_is_lost(cluster, place):
    with spare_node(cluster), cluster.losing_nodes_after("50s"):
        cluster.kubelet.kill()
        try:
            training = wait_is(cluster, "models", "trained", "NodeLost", 150)
            serving = wait_is(cluster, "modelservers", "words", "NodeLost")
            assert "node real, on which Pod trained-model-train-" in training
            assert "node real, on which Pod words-modelserver-0 runs, does not answer" in serving
            cluster.wait("the Pods to be ended", lambda: all_ended(cluster), seconds=180)
            assert wait_is(cluster, "models", "trained", "NodeLost") == training
        finally:
            cluster.kubelet.start()
        wait_both_are_back(cluster)


def all_ended(cluster):
    """Return whether every Pod of the place that has not ended is to end."""
    pods = [
        pod
        for pod in cluster.get("pods", "", PLACE)
        if pod["status"]["phase"] not in {"Succeeded", "Failed"}
    ]
    return pods and all("deletionTimestamp" in pod["metadata"] for pod in pods)


@contextlib.contextmanager
def spare_node(cluster):
    kwok = cluster.run(
        "kwok",
        f"--kubeconfig={cluster.kubeconfig}",
        "--manage-all-nodes=false",
        "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
        "--server-address=127.0.0.1:0",
    )
    cluster.apply_objects(SPARE)
    try:
        yield
    finally:
        cluster.kubectl("delete", "node", "spare")
        kwok.stop()


def test_the_run_was_one_job_that_began_again_each_time(cluster, place):
    wait_ready(cluster, "models", "trained", "BuiltAndPushed", PLACE)
    jobs = [
        job
        for job in cluster.get("jobs", "", PLACE)
        if job["metadata"]["labels"]["substratus.ai/step"] == "train"
    ]
    assert [job["status"].get("succeeded") for job in jobs] == [1]
    (runs,) = files(cluster, PLACE, "trained-model", "runs")
    assert cluster.in_node("cat", str(runs)).splitlines() == ["began"] * 5
