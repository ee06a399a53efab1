"""The pretended kubelet: Jobs end, and fail as the scenario has it."""

import pytest
from engine import bar, job, simulate
from metacontroller_offline import Rule, Scenario, Workload
from metacontroller_offline.scenario import ErrImagePull, ExitCode, OOMKilled, Unschedulable


def run(outcome=None, **spec):
    rules = [Rule(Workload(kind="Job"), outcome)] if outcome else []
    sim, _ = simulate(
        lambda _: {"status": {}, "children": [job(**spec)]}, bar(), scenario=Scenario(rules)
    )
    found = sim.cluster.get("batch/v1", "Job", "default", "a-job")
    return found["status"], sim.cluster.list("v1", "Pod")


def conditions(status):
    return {each["type"]: each.get("reason") for each in status.get("conditions", [])}


def test_a_job_completes():
    assert conditions(run()[0])["Complete"] == "CompletionsReached"


@pytest.mark.parametrize(
    ("outcome", "reason", "code"),
    [(ExitCode(3, "boom"), "Error", 3), (OOMKilled(), "OOMKilled", 137)],
    ids=["an exit code", "out of memory"],
)
def test_a_container_that_fails_looks_as_a_real_one(outcome, reason, code):
    status, pods = run(outcome, backoffLimit=0)
    ended = pods[0]["status"]["containerStatuses"][0]["state"]["terminated"]
    assert conditions(status)["Failed"] == "BackoffLimitExceeded"
    assert (ended["reason"], ended["exitCode"]) == (reason, code)


@pytest.mark.parametrize("outcome", [ErrImagePull(), Unschedulable()], ids=["image", "node"])
def test_a_pod_that_waits_leaves_its_job_silent(outcome):
    status, pods = run(outcome)
    assert (conditions(status), pods[0]["status"]["phase"]) == ({}, "Pending")


def test_a_pod_failure_policy_ends_a_job_at_once():
    rules = [{"action": "FailJob", "onExitCodes": {"operator": "NotIn", "values": [137, 143]}}]
    status, pods = run(ExitCode(3), backoffLimit=3, podFailurePolicy={"rules": rules})
    assert (conditions(status)["Failed"], len(pods)) == ("PodFailurePolicy", 1)


def test_a_killed_pod_is_started_again_as_often_as_the_job_says():
    _, pods = run(OOMKilled(), backoffLimit=2)
    assert len(pods) == 3
