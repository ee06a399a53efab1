"""What a condition says of each failure, from Pods and Jobs recorded on a real cluster."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from calls import child, completed, condition, parent, stored, sync
from yaml_files import parsed, read

RECORDED = Path(__file__).parents[1] / "fixtures" / "failures"
CASES = sorted(path.name.removesuffix(".pod.yaml") for path in RECORDED.glob("*.pod.yaml"))

RECORDED_AT = datetime(2026, 11, 24, 5, 10, tzinfo=UTC)

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)


def load_request(case):
    """Return children and Pods of a Dataset whose load Job failed as recorded."""
    build = stored(child(sync(DATASET), "Job", "build"), DATASET)
    loading = sync(DATASET, [completed(build)])
    job = stored(child(loading, "Job", "load"), DATASET)
    recorded = read(RECORDED / f"{case}.job.yaml")
    pods = parsed((RECORDED / f"{case}.pod.yaml").read_text())
    for pod in pods:
        pod["metadata"]["namespace"] = "team"
        pod["metadata"]["ownerReferences"][0]["uid"] = job["metadata"]["uid"]
    claim = stored(child(loading, "PersistentVolumeClaim"), DATASET)
    return [completed(build), claim, {**job, "status": recorded["status"]}], pods


@pytest.mark.parametrize("case", CASES)
def test_the_condition_reports_the_recorded_failure(case, golden):
    children, pods = load_request(case)
    status, reason, message = condition(sync(DATASET, children, pods, now=RECORDED_AT), "Loaded")
    golden(
        Path(__file__).parent / "failures" / f"{case}.yaml",
        {"status": status, "reason": reason, "message": message},
    )


def test_all_recorded_failures_are_here():
    assert len(CASES) == 29


@pytest.mark.parametrize("case", CASES)
def test_the_condition_does_not_flap_between_pulling_and_backing_off(case):
    children, pods = load_request(case)
    before = condition(sync(DATASET, children, pods), "Loaded")
    for pod in pods:
        for container in pod["status"].get("containerStatuses", []):
            waiting = container["state"].get("waiting", {})
            if waiting.get("reason") == "ErrImagePull":
                image = pod["spec"]["containers"][0]["image"]
                waiting["reason"] = "ImagePullBackOff"
                waiting["message"] = (
                    f'Back-off pulling image "{image}": ErrImagePull: {waiting["message"]}'
                )
    assert condition(sync(DATASET, children, pods), "Loaded") == before


def test_a_job_that_succeeded_is_done_whatever_its_container_says():
    children, pods = load_request("oom-child-exit0")
    assert condition(sync(DATASET, children, pods), "Loaded")[:2] == ("True", "Loaded")


def test_a_reason_remains_when_the_pod_that_had_it_is_gone():
    children, pods = load_request("oomkilled")
    failed = sync(DATASET, children, pods)
    later = {**DATASET, "status": failed["status"]}
    assert condition(sync(later, children), "Loaded") == condition(failed, "Loaded")


def test_every_failure_keeps_the_job_that_failed():
    children, pods = load_request("exit3")
    answered = sync(DATASET, children, pods)
    assert child(answered, "Job", "load")["metadata"]["name"] == children[2]["metadata"]["name"]
