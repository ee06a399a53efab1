"""Pods that run in vain: beside a container that ended, or without an answer to their probe."""

from datetime import timedelta

from calls import NOW, condition
from fake_cluster import UP, Stage, pod_of, with_status
from objects import SERVER, TUNED, UPSTREAM

MADE = NOW.replace(second=0)
TRAINING = Stage(TUNED, related=UPSTREAM).after()
RUNS = {"running": {"startedAt": "2026-01-02T03:04:00Z"}}
ENDED = {"exitCode": 0, "reason": "Completed", "finishedAt": "2026-01-02T03:04:00Z"}


def container(name, state, *, ready=False):
    return {"name": name, "ready": ready, "state": state}


def beside(*containers, code=0):
    """Return the stage of a training whose trainer ended beside other containers."""
    (job,) = (child for child in TRAINING.children if child["kind"] == "Job")
    trainer = container("trainer", {"terminated": {**ENDED, "exitCode": code}})
    pod = pod_of(job, {"phase": "Running", "containerStatuses": [trainer, *containers]})
    pod["spec"]["restartPolicy"] = "Never"
    return TRAINING.seeing(*UPSTREAM, pod)


def starting(ready_since=None):
    """Return the stage of a server whose container runs and is not ready."""
    made = Stage(SERVER, related=UPSTREAM).synced()
    made = made.each("StatefulSet", lambda each: with_status(each, **UP | {"readyReplicas": 0}))
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": ready_since}
    containers = [container("server", RUNS)]
    status = {"phase": "Running", "conditions": [ready], "containerStatuses": containers}
    return made.with_pod("StatefulSet", status)


def test_a_trainer_that_ended_beside_a_sidecar_is_not_training():
    later = beside(container("proxy", RUNS)).answer(now=MADE + timedelta(minutes=1))
    assert condition(later, "Trained")[:2] == ("False", "SidecarRunning")


def test_one_that_failed_beside_a_sidecar_says_its_exit_code():
    later = beside(container("proxy", RUNS), code=7).answer(now=MADE + timedelta(minutes=1))
    assert "trainer ended with exit code 7, but proxy" in condition(later, "Trained")[2]


def test_a_sidecar_has_a_minute_to_end():
    answered = beside(container("proxy", RUNS)).answer()
    assert condition(answered, "Trained")[1] == "Training"
    assert answered["resyncAfterSeconds"] == 56


def test_a_sidecar_that_has_ended_is_not_meant():
    ended = container("proxy", {"terminated": ENDED})
    assert (
        condition(beside(ended).answer(now=MADE + timedelta(hours=1)), "Trained")[1] == "Training"
    )


def test_a_probe_that_fails_for_ten_minutes_is_said():
    answered = starting().answer(now=MADE + timedelta(minutes=10))
    assert condition(answered, "Serving")[:2] == ("False", "ProbeFailing")
    assert "has not answered its probe for 10 minutes." in condition(answered, "Serving")[2]


def test_until_then_the_server_starts_and_the_hook_looks_again():
    answered = starting().answer()
    assert condition(answered, "Serving")[1] == "ServerNotReady"
    assert answered["resyncAfterSeconds"] == 10 * 60 - 4


def test_a_server_that_answered_before_has_ten_minutes_from_its_last_answer():
    stage = starting(ready_since="2026-01-02T04:00:00Z")
    at = MADE.replace(hour=4, minute=0)
    assert condition(stage.answer(now=at + timedelta(minutes=9)), "Serving")[1] == "ServerNotReady"
    assert condition(stage.answer(now=at + timedelta(minutes=10)), "Serving")[1] == "ProbeFailing"
