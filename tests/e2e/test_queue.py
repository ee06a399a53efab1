"""Jobs that wait in a queue of Kueue: born suspended, and left to whoever lets them run."""

import time

import pytest
from audit import as_text
from readiness import ready, wait_all_ready, wait_ready_is

QUEUE = "kueue.x-k8s.io/queue-name"
QUIET = 15
"""Seconds in which nothing may be written."""
DATASET = {
    "apiVersion": "substratus.ai/v1",
    "kind": "Dataset",
    "metadata": {"name": "squad"},
    "spec": {
        "filename": "squad.jsonl",
        "queue": "team-a",
        "source": {"git": {"url": "https://github.com/substratusai/dataset-squad"}},
    },
}


def waiting(cluster, namespace, step):
    """Return the Job of a step once it is there."""

    def found():
        jobs = cluster.get("jobs", "", namespace)
        return next(
            (each for each in jobs if each["metadata"]["labels"]["substratus.ai/step"] == step),
            None,
        )

    return cluster.wait(f"the Job of {step}", found)


def admit(cluster, job):
    """Do what Kueue does: choose nodes, then let the Job run, in one update of its own."""
    template = job["spec"]["template"]
    metadata = template["metadata"]
    labels = {**metadata["labels"], "kueue.x-k8s.io/podset": "main"}
    spec = {**template["spec"], "nodeSelector": {"kubernetes.io/hostname": "fake-1"}}
    template = {**template, "metadata": {**metadata, "labels": labels}, "spec": spec}
    admitted = {**job, "spec": {**job["spec"], "suspend": False, "template": template}}
    place = "/apis/batch/v1/namespaces/{namespace}/jobs/{name}".format_map(job["metadata"])
    cluster.http.put(place, json=admitted).raise_for_status()


@pytest.fixture
def queued(stack, cluster, namespace):
    cluster.apply_objects(DATASET, namespace=namespace)
    wait_ready_is(cluster, "datasets", "squad", ("False", "Queued"), namespace=namespace)
    return namespace


def test_a_job_is_born_suspended_and_no_hook_lets_it_run(queued, cluster, stack, audit):
    job = waiting(cluster, queued, "build")
    assert job["metadata"]["labels"][QUEUE] == "team-a"
    stack.recorder.wait_quiet()
    since = audit.mark()
    time.sleep(QUIET)
    assert [as_text(each) for each in audit.writes(since, namespace=queued)] == []
    assert waiting(cluster, queued, "build")["spec"]["suspend"] is True
    name = job["metadata"]["name"]
    assert ready(cluster.get("datasets", "squad", queued)[0])[2] == (
        f"The image's build waits in the queue team-a: Job {name} is suspended until Kueue lets "
        "it run."
    )


def test_what_lets_it_run_is_not_taken_back(queued, cluster, stack, audit):
    for step in ("build", "load"):
        admit(cluster, waiting(cluster, queued, step))
    wait_all_ready(cluster, queued)
    stack.recorder.wait_quiet()
    jobs = cluster.get("jobs", "", queued)
    assert [each["spec"]["suspend"] for each in jobs] == [False, False]
    selectors = [each["spec"]["template"]["spec"]["nodeSelector"] for each in jobs]
    assert selectors == [{"kubernetes.io/hostname": "fake-1"}] * 2
    writes = audit.writes(resource="jobs", namespace=queued)
    assert [each["verb"] for each in writes] == ["create", "create"]


def test_a_job_that_makes_room_again_is_left_alone(queued, cluster, stack, audit):
    """Kueue suspends a Job that runs; here it is one whose Pod finds no node."""
    job = waiting(cluster, queued, "build")
    job["spec"]["template"]["spec"]["nodeSelector"] = {"nowhere": "true"}
    job["spec"]["suspend"] = False
    place = f"/apis/batch/v1/namespaces/{queued}/jobs/{job['metadata']['name']}"
    cluster.http.put(place, json=job).raise_for_status()
    wait_ready_is(cluster, "datasets", "squad", ("False", "Unschedulable"), namespace=queued)
    suspend = '--patch={"spec":{"suspend":true}}'
    cluster.kubectl(
        "patch", "job", job["metadata"]["name"], "--type=merge", suspend, f"--namespace={queued}"
    )
    wait_ready_is(cluster, "datasets", "squad", ("False", "Queued"), namespace=queued)
    stack.recorder.wait_quiet()
    assert waiting(cluster, queued, "build")["spec"]["suspend"] is True
    writes = audit.writes(resource="jobs", namespace=queued)
    assert [each["verb"] for each in writes] == ["create"]
