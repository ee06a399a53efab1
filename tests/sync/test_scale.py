"""A ModelServer's replicas: whoever scales it, by the scale subresource."""

import pytest
from calls import base_model, child, condition, customize, edited, sync

from sync.test_modelserver import SERVER, pod_of, running

MODEL = [base_model()]
RUNNING = {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 3}


def scaled(count, **status):
    """Return a ModelServer of so many replicas, and its children."""
    server = edited(SERVER, replicas=count)
    return server, running(server, **{**RUNNING, **status})


def replicas(server, children=(), upstream=MODEL):
    return child(sync(server, children, upstream), "StatefulSet")["spec"]["replicas"]


def test_without_the_field_one_pod_serves():
    assert replicas(SERVER) == 1


@pytest.mark.parametrize("count", [0, 1, 5])
def test_as_many_pods_serve_as_are_asked_for(count):
    assert replicas(edited(SERVER, replicas=count)) == count


@pytest.mark.parametrize(("count", "last"), [(None, 0), (0, 0), (1, 0), (5, 4), (64, 63)])
def test_the_pods_that_a_server_can_have_are_asked_for_by_name(count, last):
    """A label would let others' Pods into every call, as many as there are."""
    server = SERVER if count is None else edited(SERVER, replicas=count)
    (rule,) = [each for each in customize(server)["relatedResources"] if each["resource"] == "pods"]
    assert rule["names"] == [f"opt-modelserver-{ordinal}" for ordinal in range(last + 1)]
    assert "labelSelector" not in rule


@pytest.mark.parametrize("count", [-1, 65, 10_000, "5", 2.0, None, []])
def test_of_a_number_of_replicas_that_no_server_can_have_the_first_pod_is_asked_for(count):
    rules = customize(edited(SERVER, replicas=count))["relatedResources"]
    (rule,) = [each for each in rules if each["resource"] == "pods"]
    assert rule["names"] == ["opt-modelserver-0"]


def test_a_server_whose_model_is_gone_is_still_scaled():
    server, children = scaled(3)
    assert replicas(edited(server, replicas=5), children, ()) == 5


def test_it_serves_while_it_is_scaled_up():
    server, children = scaled(3, readyReplicas=1)
    assert condition(sync(server, children, [base_model()]), "Serving") == (
        "True",
        "Serving",
        "The server runs as StatefulSet opt-modelserver. 1 of 3 Pods are ready.",
    )


def test_a_pod_that_has_no_place_is_reported_while_the_others_serve():
    server, children = scaled(3, readyReplicas=2)
    lacking = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    }
    pod = pod_of(children[0], phase="Pending", conditions=[lacking])
    message = condition(sync(server, children, [base_model(), pod]), "Serving")[2]
    assert message.endswith("2 of 3 Pods are ready. Unschedulable: Insufficient nvidia.com/gpu.")


def test_it_does_not_serve_before_the_first_pod_is_ready():
    server, children = scaled(3, readyReplicas=0)
    assert condition(sync(server, children, [base_model()]), "Serving")[0] == "False"


def test_it_does_not_serve_as_asked_until_all_pods_are_of_the_newest_revision():
    server, children = scaled(3, updateRevision="opt-2", updatedReplicas=2)
    assert condition(sync(server, children, [base_model()]), "Serving")[0] == "False"


def test_no_replicas_are_a_reason_of_their_own():
    server, children = scaled(0, replicas=0, readyReplicas=0, updatedReplicas=0)
    answered = sync(server, children, [base_model()])
    said = ("ScaledToZero", "spec.replicas is 0: no Pod serves. Scale the ModelServer up.")
    assert condition(answered, "Serving") == ("False", *said)
    assert condition(answered, "Ready") == ("True", *said)


def test_the_status_says_how_many_pods_there_are():
    server, children = scaled(3)
    assert sync(server, children, [base_model()])["status"]["replicas"] == 3


def test_the_selector_finds_the_pods():
    server, children = scaled(3)
    labels = children[0]["spec"]["template"]["metadata"]["labels"]
    selector = sync(server, children, [base_model()])["status"]["selector"]
    assert dict(each.split("=") for each in selector.split(",")).items() <= labels.items()


def test_a_server_that_waits_has_no_pods():
    assert sync(SERVER)["status"]["replicas"] == 0
