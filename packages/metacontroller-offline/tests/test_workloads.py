"""StatefulSets roll Pod by Pod; claims are bound and grow; Pods that stay fail as they are to."""

from datetime import timedelta

import pytest
from metacontroller_offline import Rule, Scenario, Simulation, Workload
from metacontroller_offline.scenario import (
    ClaimPending,
    CreateContainerConfigError,
    Evicted,
    ExitCode,
    ImagePullBackOff,
    InvalidImageName,
    NeverReady,
    OOMKilled,
    Unschedulable,
)


def claim(name="c", size="1Gi"):
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def stateful_set(image="x:1", replicas=2, **spec):
    container = {"name": "main", "image": image}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "s", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "serviceName": "s",
            "selector": {"matchLabels": {"app": "s"}},
            "template": {"metadata": {"labels": {"app": "s"}}, "spec": {"containers": [container]}},
            **spec,
        },
    }


def run(*manifests, outcome=None, kind="", horizon=timedelta(minutes=5)):
    rules = [Rule(Workload(kind=kind), outcome)] if outcome else []
    sim = Simulation(manifests, lambda _: {}, scenario=Scenario(rules))
    sim.settle(horizon)
    return sim


def status(sim, api_version="apps/v1", kind="StatefulSet", name="s"):
    return sim.cluster.get(api_version, kind, "default", name).get("status") or {}


def images(sim):
    return [each["spec"]["containers"][0]["image"] for each in sim.cluster.list("v1", "Pod")]


def test_a_stateful_set_becomes_ready():
    assert status(run(stateful_set()))["readyReplicas"] == 2


def test_its_pods_are_named_by_their_ordinal():
    names = [each["metadata"]["name"] for each in run(stateful_set()).cluster.list("v1", "Pod")]
    assert names == ["s-0", "s-1"]


def test_a_new_template_replaces_every_pod():
    sim = run(stateful_set())
    sim.cluster.apply(stateful_set("x:2"))
    sim.settle()
    assert images(sim) == ["x:2", "x:2"]


def test_pods_below_the_partition_stay():
    held = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}}
    sim = run(stateful_set(**held))
    sim.cluster.apply(stateful_set("x:2", **held))
    sim.settle()
    assert images(sim) == ["x:1", "x:2"]


def test_on_delete_replaces_none():
    held = {"updateStrategy": {"type": "OnDelete"}}
    sim = run(stateful_set(**held))
    sim.cluster.apply(stateful_set("x:2", **held))
    sim.settle()
    assert images(sim) == ["x:1", "x:1"]


def test_a_smaller_one_loses_its_last_pods():
    sim = run(stateful_set())
    sim.cluster.apply(stateful_set(replicas=1))
    sim.settle()
    assert [each["metadata"]["name"] for each in sim.cluster.list("v1", "Pod")] == ["s-0"]


def test_a_pod_that_never_becomes_ready_holds_the_next_up():
    sim = run(stateful_set(), outcome=NeverReady(), kind="StatefulSet")
    assert len(sim.cluster.list("v1", "Pod")) == 1


def test_claims_of_a_template_are_made_and_used():
    template = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {**claim()["spec"], "volumeMode": "Filesystem"},
        "status": {"phase": "Pending"},
    }
    sim = run(stateful_set(replicas=1, volumeClaimTemplates=[template]))
    assert status(sim, "v1", "PersistentVolumeClaim", "data-s-0")["phase"] == "Bound"
    assert status(sim)["readyReplicas"] == 1


def test_a_claim_is_bound_and_grows():
    sim = run(claim())
    sim.cluster.apply(claim(size="2Gi"))
    sim.settle()
    found = status(sim, "v1", "PersistentVolumeClaim", "c")
    assert (found["phase"], found["capacity"]) == ("Bound", {"storage": "2Gi"})


def test_a_claim_may_stay_pending():
    sim = run(claim(), outcome=ClaimPending(), kind="PersistentVolumeClaim")
    assert status(sim, "v1", "PersistentVolumeClaim", "c")["phase"] == "Pending"


def pod(**spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": [{"name": "main", "image": "x:1"}], **spec},
    }


def container_state(sim):
    return status(sim, "v1", "Pod", "p")["containerStatuses"][0]["state"]


WAITING = {
    "an image that backs off": (ImagePullBackOff(), "ImagePullBackOff"),
    "an image without a name": (InvalidImageName(), "InvalidImageName"),
    "a Secret that is missing": (CreateContainerConfigError(), "CreateContainerConfigError"),
    "a container that crashes": (ExitCode(3), "CrashLoopBackOff"),
    "a container that is killed": (OOMKilled(), "CrashLoopBackOff"),
}


@pytest.mark.parametrize(("outcome", "reason"), WAITING.values(), ids=WAITING)
def test_a_pod_that_waits_says_why(outcome, reason):
    assert container_state(run(pod(), outcome=outcome))["waiting"]["reason"] == reason


def test_a_pod_that_fits_nowhere_is_pending():
    conditions = status(run(pod(), outcome=Unschedulable()), "v1", "Pod", "p")["conditions"]
    assert [each["reason"] for each in conditions] == ["Unschedulable"]


def test_a_pod_is_evicted():
    found = status(run(pod(), outcome=Evicted()), "v1", "Pod", "p")
    assert (found["phase"], found["reason"]) == ("Failed", "Evicted")


def test_a_pod_waits_for_its_claim():
    volume = {"name": "v", "persistentVolumeClaim": {"claimName": "c"}}
    sim = run(pod(volumes=[volume]))
    assert status(sim, "v1", "Pod", "p")["phase"] == "Pending"
    sim.cluster.apply(claim())
    sim.settle()
    assert status(sim, "v1", "Pod", "p")["phase"] == "Running"
