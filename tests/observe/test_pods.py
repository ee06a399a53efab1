"""What is said of a Pod in trouble: which of its containers counts, and in which words."""

import pytest
from calls import condition
from fake_cluster import UP, Stage, pod_of, with_status
from objects import SERVER, TUNED, UPSTREAM

TRAINING = Stage(TUNED, related=UPSTREAM).after()
FAILED = TRAINING.failed("train")
(JOB,) = (child for child in TRAINING.children if child["kind"] == "Job")
RUNS = {"running": {"startedAt": "2026-01-02T03:04:00Z"}}
TARGET = {"type": "DisruptionTarget", "status": "True"}


def ended(code=1, reason="Error", **more):
    return {"terminated": {"exitCode": code, "reason": reason, **more}}


def container(name, state, *, ready=False, last=None):
    return {"name": name, "image": "b", "ready": ready, "state": state, "lastState": last or {}}


def pod(*containers, phase="Running", name="a", conditions=(), **metadata):
    """Return a Pod of the training."""
    status = {"phase": phase, "conditions": [*conditions], "containerStatuses": [*containers]}
    found = pod_of(JOB, status)
    return {**found, "metadata": {**found["metadata"], "name": name, **metadata}}


def trained(stage, *pods):
    return condition(stage.seeing(*UPSTREAM, *pods).answer(), "Trained")


def serving(*containers):
    """Return what is said of a server that is not ready, with these containers in its Pod."""
    made = Stage(SERVER, related=UPSTREAM).synced()
    waits = made.each("StatefulSet", lambda each: with_status(each, **UP | {"readyReplicas": 0}))
    stage = waits.with_pod("StatefulSet", {"phase": "Running", "containerStatuses": [*containers]})
    return condition(stage.answer(), "Serving")


def test_a_container_that_is_ready_again_does_not_crash():
    again = container("proxy", RUNS, ready=True, last=ended())
    assert serving(again, container("server", RUNS))[1] == "ServerNotReady"


def test_a_container_that_completed_does_not_crash():
    assert serving(container("server", ended(0, "Completed")))[1] == "ServerNotReady"


def test_a_container_that_the_kubelet_ended_crashes_whatever_its_exit_code():
    assert serving(container("server", ended(0, "OOMKilled")))[1] == "CrashLoopBackOff"


def test_a_container_of_a_pod_that_starts_none_again_does_not_crash():
    beside = pod(container("trainer", RUNS), container("proxy", ended()))
    beside["spec"]["restartPolicy"] = "Never"
    assert trained(TRAINING, beside)[1] == "Training"


def test_an_image_that_cannot_be_pulled_is_named_as_it_was_asked_for():
    waits = {"waiting": {"reason": "ErrImagePull", "message": "manifest unknown"}}
    found = pod(container("trainer", waits))
    found["spec"]["containers"] = [{"name": "trainer", "image": "asked:1"}]
    assert trained(TRAINING, found) == (
        "False",
        "ImagePullBackOff",
        (
            "Training waits. ImagePullBackOff: image asked:1 cannot be pulled: the registry has no "
            "such image."
        ),
    )


def test_an_image_of_an_init_container_is_named_as_well():
    waits = {"waiting": {"reason": "ErrImagePull", "message": "?"}}
    found = pod(container("trainer", waits))
    found["spec"] = {"initContainers": [{"name": "trainer", "image": "first:1"}]}
    assert trained(TRAINING, found)[2] == (
        "Training waits. ImagePullBackOff: image first:1 cannot be pulled."
    )


def test_an_image_that_the_spec_does_not_name_is_named_as_it_is():
    waits = {"waiting": {"reason": "ErrImagePull"}}
    assert "image b cannot be pulled" in trained(TRAINING, pod(container("injected", waits)))[2]


def test_a_pod_that_cannot_begin_says_what_the_kubelet_says():
    waits = {"waiting": {"reason": "CreateContainerConfigError", "message": 'no secret "x"'}}
    assert trained(TRAINING, pod(container("trainer", waits))) == (
        "False",
        "CreateContainerConfigError",
        'Training waits. CreateContainerConfigError: no secret "x".',
    )


def test_of_two_pods_the_one_that_was_made_last_says_why():
    old = pod(container("trainer", ended(3)), phase="Failed", name="z")
    new = pod(
        container("trainer", ended(4)),
        phase="Failed",
        name="a",
        creationTimestamp="2026-01-02T03:04:30Z",
    )
    assert "exit code 4" in trained(FAILED, old, new)[2]


def test_of_two_pods_of_one_time_the_last_by_name_says_why():
    one = pod(container("trainer", ended(3)), phase="Failed", name="a")
    other = pod(container("trainer", ended(4)), phase="Failed", name="b")
    assert "exit code 4" in trained(FAILED, one, other)[2]


@pytest.mark.parametrize(
    ("code", "reason", "said"),
    [
        (0, "ContainerStatusUnknown", "ContainerStatusUnknown: container trainer ended with exit"),
        (3, "Completed", "Completed: container trainer ended with exit code 3."),
        (3, None, "Error: container trainer ended with exit code 3."),
    ],
)
def test_a_container_that_did_not_complete_is_the_one_that_failed(code, reason, said):
    first = container("proxy", ended(0, "Completed"))
    found = pod(first, container("trainer", ended(code, reason)), phase="Failed")
    assert said in trained(FAILED, found)[2]


def test_a_failed_pod_without_a_container_that_failed_leaves_it_to_the_job():
    message = "Job has reached the specified backoff limit"
    for found in (pod(phase="Failed"), pod(container("a", ended(0, "Completed")), phase="Failed")):
        assert f"BackoffLimitExceeded: {message}." in trained(FAILED, found)[2]


def test_a_pod_that_was_ended_as_a_whole_says_why():
    found = pod(container("trainer", ended(3)), phase="Failed")
    found["status"] |= {"reason": "NodeShutdown", "message": " Node is shutting down.\n"}
    assert "NodeShutdown: Node is shutting down." in trained(FAILED, found)[2]
    del found["status"]["message"]
    assert "NodeShutdown: no message" in trained(FAILED, found)[2]


def test_the_last_five_lines_of_a_container_are_quoted_without_what_a_builder_draws():
    lines = "\n".join([*(f"line {n}" for n in range(7)), "", "------", "Dockerfile:3", " 4 | RUN"])
    found = pod(container("trainer", ended(1, message=lines)), phase="Failed")
    quoted = 'Its last lines: "line 2 | line 3 | line 4 | line 5 | line 6".'
    assert quoted in trained(FAILED, found)[2]


def test_a_drained_pod_says_by_whom_and_why():
    target = TARGET | {"reason": "EvictionByEvictionAPI", "message": "Eviction API: evicting."}
    assert trained(TRAINING, pod(conditions=[target])) == (
        "False",
        "Preempted",
        (
            "Training waits. Preempted: Pod a is ended from outside (EvictionByEvictionAPI: "
            "Eviction API: evicting). Another takes its place by itself; the events of its Job or "
            "StatefulSet say why, if none comes."
        ),
    )


def test_a_lost_node_without_a_name_is_unknown():
    ready = {"type": "Ready", "status": "False"}
    containers = {"type": "ContainersReady", "status": "True"}
    message = trained(TRAINING, pod(conditions=[ready, containers]))[2]
    assert message.startswith("Training waits. NodeLost: node unknown, on which Pod a runs,")
