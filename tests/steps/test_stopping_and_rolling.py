"""Servers and notebooks whose Pods go, or are replaced one by one: neither of them starts."""

from calls import condition, parent
from fake_cluster import UP, Stage, with_status
from objects import NOTEBOOK, SERVER, UPSTREAM

SUSPENDED = Stage(NOTEBOOK, related=UPSTREAM).edited(suspend=True).synced()
SEEN = SUSPENDED.each("StatefulSet", lambda child: with_status(child, observedGeneration=1))
THREE = parent("ModelServer", "opt", {"modelName": "opt", "replicas": 3})


def rolling(**status):
    """Return a server of three Pods whose template changes."""
    made = Stage(THREE, related=UPSTREAM).synced()
    changed = UP | {"replicas": 3, "updateRevision": "r-2"} | status
    return made.each("StatefulSet", lambda child: with_status(child, **changed))


def ready(stage):
    return condition(stage.answer(), "Ready")


def test_a_notebook_whose_pod_has_not_ended_stops():
    stage = SEEN.with_pod("StatefulSet", {"phase": "Running"})
    assert ready(stage)[:2] == ("False", "Stopping")


def test_a_notebook_whose_pod_has_ended_is_suspended():
    assert ready(SEEN.with_pod("StatefulSet", {"phase": "Failed"}))[:2] == ("True", "Suspended")
    assert ready(SEEN)[:2] == ("True", "Suspended")


def test_a_notebook_does_not_start_before_its_end_is_seen():
    unseen = SUSPENDED.each(
        "StatefulSet",
        lambda child: {**child, "metadata": {**child["metadata"], "generation": 2}},
    )
    assert ready(unseen) == ("False", "Stopping", "The notebook stops.")


def test_a_server_whose_pods_are_replaced_says_how_many_are_ready():
    stage = rolling(readyReplicas=2, updatedReplicas=1)
    assert ready(stage) == (
        "False",
        "RollingUpdate",
        "The server is updated, Pod by Pod: 1 of 3 are as asked. 2 of 3 Pods are ready meanwhile.",
    )


def test_a_server_whose_new_pod_cannot_start_says_why_and_how_many_are_ready():
    message = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."
    scheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    stage = rolling(readyReplicas=2, updatedReplicas=0).with_pod(
        "StatefulSet", {"phase": "Pending", "conditions": [{**scheduled, "message": message}]}
    )
    assert ready(stage) == (
        "False",
        "Unschedulable",
        (
            "The server waits. Unschedulable: Insufficient nvidia.com/gpu. 2 of 3 Pods are ready "
            "meanwhile."
        ),
    )


def test_a_server_that_does_not_say_how_many_pods_it_is_to_have_is_to_have_one():
    """The API server fills in `replicas`; a record of a hand's edit may lack it."""
    serving = Stage(SERVER, related=UPSTREAM).synced().up()

    def silent(child):
        spec = {key: value for key, value in child["spec"].items() if key != "replicas"}
        return {**child, "spec": spec}

    assert ready(serving.each("StatefulSet", silent)) == ready(serving)
