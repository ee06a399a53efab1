"""Pods that are ended from outside: what a condition says, and when the hook looks again."""

from datetime import UTC, datetime, timedelta

import pytest
from calls import NOW, condition
from fake_cluster import UP, Stage, pod_of, with_status
from objects import SERVER, TUNED, UPSTREAM

DUE = datetime(2026, 1, 2, 3, 10, tzinfo=UTC)
"""When the grace period of a Pod is over."""
SLACK = timedelta(minutes=1)
TRAINING = Stage(TUNED, related=UPSTREAM).after()
(JOB,) = (child for child in TRAINING.children if child["kind"] == "Job")
TARGET = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}


def pod(*conditions, phase="Running", name="a", **metadata):
    """Return a Pod of the training on a node."""
    found = pod_of(JOB, {"phase": phase, "conditions": [*conditions]})
    return {
        **found,
        "metadata": {**found["metadata"], "name": name, **metadata},
        "spec": {**found["spec"], "nodeName": "node-1"},
    }


ENDING = pod(deletionTimestamp="2026-01-02T03:10:00Z")
EVICTED = pod(TARGET, phase="Failed")
EVICTED["status"] |= {"reason": "Evicted", "message": "The node was low on resource: memory."}


def evicted(times):
    """Return the stage of a training that the kubelet ended so often."""
    named = (
        {**EVICTED, "metadata": {**EVICTED["metadata"], "name": f"a-{n}"}} for n in range(times)
    )
    return TRAINING.seeing(*UPSTREAM, *named)


def trained(stage, now=NOW):
    return condition(stage.answer(now=now), "Trained")


def seen(*pods):
    return TRAINING.seeing(*UPSTREAM, *pods)


def test_a_pod_that_did_not_end_when_it_was_due_is_on_a_lost_node():
    assert trained(seen(ENDING), DUE + SLACK)[1] == "NodeLost"


def test_until_then_it_ends_and_the_hook_looks_again_when_it_is_overdue():
    answered = seen(ENDING).answer(now=DUE)
    assert condition(answered, "Trained")[1] == "Training"
    assert answered["resyncAfterSeconds"] == SLACK.seconds + 1


def test_what_is_said_of_a_lost_node_does_not_change_with_time():
    early, late = (seen(ENDING).answer(now=DUE + SLACK * n) for n in (1, 60))
    assert early["status"]["conditions"] == late["status"]["conditions"] != []


def test_a_pod_that_has_ended_is_on_no_lost_node():
    over = {**ENDING, "status": {"phase": "Failed"}}
    assert trained(seen(over), DUE + SLACK)[1] == "Training"


def test_a_pod_whose_readiness_the_cluster_took_away_is_on_a_lost_node():
    ready = {"type": "Ready", "status": "False"}
    containers = {"type": "ContainersReady", "status": "True"}
    assert trained(seen(pod(ready, containers)))[1] == "NodeLost"


def test_a_pod_whose_readiness_a_gate_decides_is_not():
    ready = {"type": "Ready", "status": "False"}
    containers = {"type": "ContainersReady", "status": "True"}
    gated = pod(ready, containers)
    gated["spec"]["readinessGates"] = [{"conditionType": "example.com/attached"}]
    assert trained(seen(gated))[1] == "Training"


def test_a_run_whose_job_is_gone_says_that_its_pod_is_on_a_lost_node():
    gone = TRAINING.only("PersistentVolumeClaim").seeing(*UPSTREAM, ENDING)
    assert trained(gone)[1] == "Stopping"
    assert trained(gone, DUE + SLACK)[:2] == ("False", "NodeLost")
    assert all(child["kind"] != "Job" for child in gone.answer(now=DUE + SLACK)["children"])


def test_a_server_on_a_lost_node_says_so():
    server = Stage(SERVER, related=UPSTREAM).synced().up()
    waits = server.each(
        "StatefulSet", lambda child: with_status(child, **child["status"] | {"readyReplicas": 0})
    )
    (stateful_set,) = (child for child in waits.children if child["kind"] == "StatefulSet")
    lost = pod_of(stateful_set, {"phase": "Running"})
    lost["metadata"] |= {"deletionTimestamp": "2026-01-02T03:10:00Z"}
    lost["spec"] |= {"nodeName": "node-1"}
    stage = waits.seeing(*UPSTREAM, lost)
    assert stage.answer(now=DUE)["resyncAfterSeconds"] == SLACK.seconds + 1
    assert condition(stage.answer(now=DUE + SLACK), "Serving")[1] == "NodeLost"


def test_a_training_that_is_drained_says_so():
    assert trained(seen(pod(TARGET)))[:2] == ("False", "Preempted")


def test_it_says_so_until_the_next_pod_is_there_and_not_that_none_may_be():
    started = TRAINING.each("Job", lambda job: with_status(job, startTime="2026-01-02T03:00:00Z"))
    drained = started.seeing(*UPSTREAM, pod(TARGET, name=f"{JOB['metadata']['name']}-x")).synced()
    between = drained.seeing(*UPSTREAM)
    assert "has no Pod" in trained(started)[2]
    assert trained(between)[1] == "Preempted"
    assert trained(between) == trained(between.synced())


def test_what_was_said_of_a_pod_that_is_gone_is_said_whole():
    target = TARGET | {"message": "Preempted: by a Pod of another team"}
    named = pod(target, name=f"{JOB['metadata']['name']}-x")
    drained = seen(named).synced()
    assert trained(drained.seeing(*UPSTREAM)) == trained(drained)


def serving(*pods):
    """Return a server that is not ready, and its Pods."""
    made = Stage(SERVER, related=UPSTREAM).synced()
    status = UP | {"readyReplicas": 0, "replicas": len(pods)}
    return made.each("StatefulSet", lambda child: with_status(child, **status)).seeing(
        *UPSTREAM, *pods
    )


def of_server(*conditions, **metadata):
    """Return the Pod of a server, whose container was killed at the end of its grace period."""
    (owner,) = (child for child in serving().children if child["kind"] == "StatefulSet")
    killed = {"terminated": {"exitCode": 137, "reason": "Error"}}
    containers = [{"name": "server", "ready": False, "state": killed}]
    status = {"phase": "Running", "conditions": [*conditions], "containerStatuses": containers}
    found = pod_of(owner, status)
    return {**found, "metadata": {**found["metadata"], **metadata}}


def test_a_server_that_is_preempted_does_not_crash():
    stage = serving(of_server(TARGET))
    assert condition(stage.answer(), "Serving")[1] == "Preempted"
    over = of_server(TARGET)
    over["status"]["phase"] = "Failed"
    assert condition(serving(over).answer(), "Serving")[1] == "Preempted"


def test_a_server_whose_pod_is_deleted_does_not_crash():
    assert condition(serving(of_server()).answer(), "Serving")[1] == "CrashLoopBackOff"
    deleted = of_server(deletionTimestamp="2026-01-02T03:05:00Z")
    assert condition(serving(deleted).answer(), "Serving")[1] == "ServerNotReady"


def test_a_server_that_was_preempted_says_so_until_its_next_pod_is_there():
    gone = serving(of_server(TARGET)).synced()._replace(children=serving().children)
    assert condition(gone.seeing(*UPSTREAM).answer(), "Serving")[1] == "Preempted"


def test_a_job_that_ends_its_pods_itself_is_not_preempted():
    ending = {"type": "FailureTarget", "status": "True", "reason": "DeadlineExceeded"}
    failing = TRAINING.each("Job", lambda job: with_status(job, active=1, conditions=[ending]))
    assert trained(failing.seeing(*UPSTREAM, pod(TARGET)))[1] == "Training"


def test_a_training_that_failed_by_itself_after_a_preemption_says_so_though_its_pod_is_gone():
    failed = seen(pod(TARGET)).synced().seeing(*UPSTREAM).failed("train")
    status, reason, message = trained(failed)
    assert (status, reason) == ("False", "TrainingFailed")
    assert "Its Pod was preempted and then failed by itself" in message
    assert trained(failed.synced()) == (status, reason, message)


def test_a_training_that_failed_without_one_does_not():
    assert "preempted" not in trained(TRAINING.failed("train"))[2]


def jobs(stage):
    return [child for child in stage.answer()["children"] if child["kind"] == "Job"]


def test_twice_evicted_a_training_continues():
    assert trained(evicted(2))[1] == "Training"


def test_evicted_three_times_it_has_failed_for_the_resource():
    status, reason, message = trained(evicted(3))
    assert (status, reason) == ("False", "Evicted")
    assert "The node was low on resource: memory." in message


def test_its_job_goes_once_the_status_says_why():
    assert len(jobs(evicted(3))) == 1
    assert jobs(evicted(3).synced()) == []


def test_its_claim_stays():
    kinds = [child["kind"] for child in evicted(3).synced().answer()["children"]]
    assert kinds == ["PersistentVolumeClaim"]


@pytest.mark.parametrize("pods", [0, 3])
def test_with_the_job_and_its_pods_gone_no_other_begins(pods):
    gone = evicted(3).synced().only("PersistentVolumeClaim")
    gone = gone if pods else gone.seeing(*UPSTREAM)
    assert jobs(gone) == []
    assert trained(gone) == trained(evicted(3))


def test_the_retry_annotation_begins_another():
    gone = evicted(3).synced().only("PersistentVolumeClaim").seeing(*UPSTREAM)
    assert len(jobs(gone.with_annotations(retry="1"))) == 1
