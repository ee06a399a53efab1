"""One Job of a run at a time: none begins while a Pod of the run has not ended."""

import pytest
from calls import child, condition, failed, names_of, parent, stored, sync

GIT = {"git": {"url": "https://example.com/squad"}}
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})


def pod_of(job, phase="Running", **metadata):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{job['metadata']['name']}-abcde",
            "namespace": "team",
            "labels": job["spec"]["template"]["metadata"]["labels"],
            **metadata,
        },
        "status": {"phase": phase},
    }


JOB = child(sync(DATASET), "Job")


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(pod_of(JOB), id="it runs"),
        pytest.param(pod_of(JOB, "Pending"), id="it has not started"),
        pytest.param(pod_of(JOB, deletionTimestamp="2026-01-02T03:04:00Z"), id="it is ending"),
    ],
)
def test_no_job_begins_while_a_pod_of_the_run_has_not_ended(pod):
    assert names_of(sync(DATASET, [], [pod])) == []


def test_the_condition_names_the_pod():
    assert condition(sync(DATASET, [], [pod_of(JOB)]), "Built") == (
        "False",
        "Stopping",
        (
            f"The image's build waits: Pod {JOB['metadata']['name']}-abcde of the Job before has "
            "not ended."
        ),
    )


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_job_begins_when_the_pod_has_ended(phase):
    assert names_of(sync(DATASET, [], [pod_of(JOB, phase)])) == [JOB["metadata"]["name"]]


def test_a_retry_begins_when_the_pod_of_the_failed_attempt_has_ended():
    retried = {
        **DATASET,
        "metadata": {**DATASET["metadata"], "annotations": {"substratus.ai/retry": "1"}},
    }
    old = failed(stored(JOB, DATASET))
    assert len(names_of(sync(retried, [old], [pod_of(JOB)]))) == 1
    assert len(names_of(sync(retried, [old], [pod_of(JOB, "Failed")]))) == 2


def test_a_pod_of_another_run_holds_nothing_up():
    pod = pod_of(JOB)
    pod["metadata"]["labels"] = {**pod["metadata"]["labels"], "substratus.ai/run": "0" * 32}
    assert names_of(sync(DATASET, [], [pod])) == [JOB["metadata"]["name"]]


def test_a_job_of_another_run_that_has_its_name_goes_first():
    """A name holds ten digits of the run's id; the label is what is compared."""
    other = stored(JOB, DATASET, active=1)
    labels = {**other["metadata"]["labels"], "substratus.ai/run": "0" * 32}
    other = {**other, "metadata": {**other["metadata"], "labels": labels}}
    later = {**DATASET, "metadata": {**DATASET["metadata"], "resourceVersion": "101"}}
    answer = sync(later, [other])
    assert names_of(answer) == []
    assert condition(answer, "Built")[1] == "Stopping"
