"""A ModelServer: it serves what is ready, and keeps serving whatever happens to its Model."""

import pytest
from calls import base_model, child, condition, customize, edited, names_of, parent, stored, sync

SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
UP = {
    "observedGeneration": 1,
    "replicas": 1,
    "readyReplicas": 1,
    "updatedReplicas": 1,
    "currentRevision": "opt-1",
    "updateRevision": "opt-1",
}


def running(server=SERVER, **status):
    """Return the children of a ModelServer that runs."""
    answered = sync(server, [], [base_model()])
    stateful_set = stored(child(answered, "StatefulSet"), server, **{**UP, **status})
    return [stateful_set, stored(child(answered, "Service"), server)]


def pod_of(stateful_set, **status):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{stateful_set['metadata']['name']}-0",
            "namespace": "team",
            "ownerReferences": [{"uid": stateful_set["metadata"]["uid"]}],
        },
        "spec": {"containers": [{"name": "server", "image": "registry/m:1"}]},
        "status": status,
    }


def crashing(state, last=None):
    container = {"name": "server", "ready": False, "state": state, "lastState": last or {}}
    return {"phase": "Running", "containerStatuses": [container]}


ENDED = {"terminated": {"exitCode": 1, "reason": "Error", "message": "no weights\n"}}


def test_it_waits_for_its_model():
    assert condition(sync(SERVER), "Ready")[:2] == ("False", "ModelNotFound")


def test_it_makes_nothing_while_it_waits():
    assert sync(SERVER)["children"] == []


def test_it_serves_when_its_statefulset_is_ready():
    answered = sync(SERVER, running(), [base_model()])
    assert condition(answered, "Ready")[:2] == ("True", "Serving")


def test_it_is_not_ready_before_the_api_server_has_its_children():
    answered = sync(SERVER, [], [base_model()])
    assert condition(answered, "Serving")[:2] == ("False", "ServerNotReady")


def test_it_is_not_ready_while_the_statefulset_was_refused_a_change():
    children = running()
    rebuilt = base_model(tag="bbbbbbbbbb")
    assert condition(sync(SERVER, children, [rebuilt]), "Serving")[:2] == (
        "False",
        "ServerNotReady",
    )


@pytest.mark.parametrize(
    "upstream",
    [[], [{**base_model(), "status": {}}], [edited(base_model())]],
    ids=["deleted", "not ready", "changed a moment ago"],
)
def test_the_statefulset_is_untouched_when_its_model_is(upstream):
    children = running()
    kept = child(sync(SERVER, children, upstream), "StatefulSet")
    assert kept == child(sync(SERVER, children, [base_model()]), "StatefulSet") | {
        "metadata": kept["metadata"]
    }


def test_the_condition_says_that_the_model_is_gone():
    status, reason, message = condition(sync(SERVER, running()), "Ready")
    assert (status, reason) == ("False", "ModelNotFound")
    assert message == (
        "Model opt is not in this namespace. Create it, or correct its name here. "
        "What runs is kept as it is."
    )


def test_a_server_still_serves_without_its_model():
    assert condition(sync(SERVER, running()), "Serving")[:2] == ("True", "Serving")


def test_a_model_that_no_longer_fits_does_not_stop_the_server():
    huge = base_model(
        size={"parameterCount": 10**13, "parameterBits": 16}, compute={"types": ["GPU"]}
    )
    answered = sync(SERVER, running(), [huge])
    assert condition(answered, "Serving")[:2] == ("False", "DoesNotFit")
    assert len(answered["children"]) == 2


@pytest.mark.parametrize("kind", ["StatefulSet", "Service"])
def test_a_name_that_another_object_holds_is_a_conflict(kind):
    wanted = child(sync(SERVER, [], [base_model()]), kind)
    foreign = {**wanted, "metadata": {**wanted["metadata"], "uid": "other"}}
    answered = sync(SERVER, [], [base_model(), foreign])
    assert condition(answered, "Ready")[:2] == ("False", "NameConflict")


@pytest.mark.parametrize(
    "status",
    [
        crashing(ENDED),
        crashing({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}, ENDED),
        crashing({"running": {}}, ENDED),
    ],
    ids=["ended", "waiting", "running again"],
)
def test_a_server_that_crashes_has_one_message(status):
    children = running(readyReplicas=0)
    pod = pod_of(children[0], **status)
    answered = sync(SERVER, children, [base_model(), pod])
    assert condition(answered, "Serving") == (
        "False",
        "CrashLoopBackOff",
        (
            "The server waits. CrashLoopBackOff: Error: container server ended with exit code 1. "
            'Its last lines: "no weights".'
        ),
    )


def test_a_generation_that_was_not_seen_is_not_ready():
    children = running()
    children[0]["metadata"]["generation"] = 2
    assert condition(sync(SERVER, children, [base_model()]), "Serving")[1] == "ServerNotReady"


def test_a_pod_of_the_old_revision_does_not_make_it_ready():
    children = running(updateRevision="opt-2", updatedReplicas=0)
    assert condition(sync(SERVER, children, [base_model()]), "Serving")[1] == "RollingUpdate"


def test_its_pods_are_found_by_its_service():
    answered = sync(SERVER, [], [base_model()])
    template = child(answered, "StatefulSet")["spec"]["template"]
    assert child(answered, "Service")["spec"]["selector"].items() <= (
        template["metadata"]["labels"].items()
    )


def test_its_service_has_the_port_of_the_contract():
    port = child(sync(SERVER, [], [base_model()]), "Service")["spec"]["ports"]
    assert port == [{"name": "http", "port": 8080, "targetPort": "http"}]


def test_fields_that_cannot_change_stay_as_they_are():
    children = running()
    record = children[0]["metadata"]["annotations"][
        "metacontroller.k8s.io/last-applied-configuration"
    ]
    children[0]["metadata"]["annotations"]["metacontroller.k8s.io/last-applied-configuration"] = (
        record.replace('"podManagementPolicy":"Parallel"', '"podManagementPolicy":"OrderedReady"')
    )
    kept = child(sync(SERVER, children, [base_model()]), "StatefulSet")
    assert kept["spec"]["podManagementPolicy"] == "OrderedReady"


def test_another_model_name_that_is_not_there_keeps_what_runs():
    answered = sync(edited(SERVER, modelName="next"), running(), [])
    assert names_of(answered, "StatefulSet") == ["opt-modelserver"]


def test_its_pod_is_found_by_its_name():
    rules = [each for each in customize(SERVER)["relatedResources"] if each["resource"] == "pods"]
    place = {"apiVersion": "v1", "resource": "pods", "namespace": "team"}
    assert rules == [{**place, "names": ["opt-modelserver-0"]}]


def test_the_selector_of_its_status_is_that_of_the_statefulset():
    """An older version may have made it, and a selector cannot change."""
    children = running()
    selector = {"matchLabels": {"b": "2", "a": "1"}}
    children[0] = {**children[0], "spec": {**children[0]["spec"], "selector": selector}}
    status = sync(SERVER, children, [base_model()])["status"]
    assert (status["selector"], status["replicas"]) == ("a=1,b=2", 1)


def test_without_a_statefulset_it_has_no_replicas_and_the_selector_of_the_next():
    status = sync(SERVER, [], [base_model()])["status"]
    wanted = child(sync(SERVER, [], [base_model()]), "StatefulSet")["spec"]["selector"]
    labels = sorted(wanted["matchLabels"].items())
    assert status["selector"] == ",".join(f"{key}={value}" for key, value in labels)
    assert status["replicas"] == 0
