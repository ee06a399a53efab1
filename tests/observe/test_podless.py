"""Jobs and StatefulSets that get no Pod: after a minute the condition says where the reason is."""

from datetime import timedelta

from calls import NOW, base_model, child, condition, parent, stored, sync

GIT = {"git": {"url": "https://example.com/x"}}
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
STARTED = "2026-01-02T03:04:00Z"
"""Five seconds before NOW."""
LATER = NOW + timedelta(minutes=1)


def building(status, now):
    job = {**stored(child(sync(DATASET), "Job"), DATASET), "status": status}
    return sync(DATASET, [job], now=now), job["metadata"]["name"]


def test_a_job_that_got_no_pod_within_a_minute_says_so():
    answered, name = building({"startTime": STARTED}, LATER)
    assert condition(answered, "Built") == (
        "False",
        "Building",
        (
            f"The image's build waits. Job {name} has no Pod: the API server refuses it. 'kubectl "
            f"describe job {name}' has the events that say why, such as a service account that is "
            "missing, a quota or Pod Security."
        ),
    )


def test_before_that_it_is_asked_again_when_the_minute_is_over():
    answered, name = building({"startTime": STARTED}, NOW)
    assert f"runs as Job {name}" in condition(answered, "Built")[2]
    assert answered["resyncAfterSeconds"] == 56


def test_a_job_that_has_a_pod_is_not_meant():
    answered, name = building({"startTime": STARTED, "active": 1}, LATER)
    assert f"runs as Job {name}" in condition(answered, "Built")[2]


def test_a_job_between_two_pods_is_not_meant():
    answered, name = building({"startTime": STARTED, "failed": 1}, LATER)
    assert f"runs as Job {name}" in condition(answered, "Built")[2]


def test_a_server_that_gets_no_pod_says_so():
    server = parent("ModelServer", "opt", {"modelName": "opt"})
    made = sync(server, [], [base_model()])["children"]
    children = [stored(each, server, observedGeneration=1) for each in made]
    said = condition(sync(server, children, [base_model()], now=LATER), "Serving")
    assert said[:2] == ("False", "ServerNotReady")
    assert "StatefulSet opt-modelserver has no Pod: the API server refuses it." in said[2]
