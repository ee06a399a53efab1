"""Rolling updates of children, revisions of their parents, and where the real one gets stuck."""

import copy

import pytest
from engine import CRD, bar, config_map, controller
from metacontroller_offline import Ref, Simulation
from metacontroller_offline.errors import UnsupportedError

BAR = Ref("verify.example.com/v1", "Bar", "default", "a")
REVISIONS = ("metacontroller.k8s.io/v1alpha1", "ControllerRevision")


def open_crd(scope="Namespaced"):
    crd = copy.deepcopy(CRD)
    crd["spec"]["scope"] = scope
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["spec"] = {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
    }
    return crd


def rolling(method="RollingInPlace", *paths, kinds=("configmaps",), **strategy):
    manifest = controller(kinds=[("v1", kind, method) for kind in kinds])
    for rule in manifest["spec"]["childResources"]:
        rule["updateStrategy"].update(strategy)
    if paths:
        manifest["spec"]["parentResource"]["revisionHistory"] = {"fieldPaths": [*paths]}
    return manifest


def sync(request):
    spec = request["parent"]["spec"]
    names = [f"c{index}" for index in range(spec.get("count", 1))]
    return {"status": {}, "children": [config_map(name, v=spec["value"]) for name in names]}


def settled(manifest, hook=sync, **spec):
    sim = Simulation([open_crd(), manifest, bar(**{"value": "1", **spec})], hook)
    sim.settle()
    return sim


def changed(sim, **spec):
    sim.cluster.apply(bar(**spec))
    sim.settle()
    return sim


def values(sim):
    return [each["data"]["v"] for each in sim.cluster.list("v1", "ConfigMap")]


def updated(sim):
    (condition,) = sim.cluster.get(*BAR)["status"]["conditions"]
    return condition["status"], condition["reason"], condition["message"]


def test_children_belong_to_the_latest_revision():
    sim = settled(rolling(), count=2)
    (revision,) = sim.cluster.list(*REVISIONS)
    assert revision["children"] == [{"apiGroup": "", "kind": "ConfigMap", "names": ["c0", "c1"]}]
    assert updated(sim)[:2] == ("True", "OnLatestRevision")


def test_a_revision_has_the_fields_of_its_parent():
    sim = settled(rolling("RollingInPlace", "spec.value"), count=2)
    (revision,) = sim.cluster.list(*REVISIONS)
    assert revision["parentPatch"] == {"spec": {"value": "1"}}


@pytest.mark.parametrize("method", ["RollingInPlace", "RollingRecreate"])
def test_one_child_is_rolled(method):
    sim = changed(settled(rolling(method)), value="2")
    assert (values(sim), updated(sim)[0]) == (["2"], "True")


def test_the_old_revision_is_forgotten():
    assert len(changed(settled(rolling()), value="2").cluster.list(*REVISIONS)) == 1


def test_a_change_outside_of_the_history_is_made_at_once():
    sim = settled(rolling("RollingInPlace", "spec.value"), count=1)
    assert len(changed(sim, value="1", count=3).cluster.list("v1", "ConfigMap")) == 3


def test_a_rollout_of_several_children_gets_stuck_as_the_real_one_does():
    sim = changed(settled(rolling(), count=3), value="2", count=3)
    assert values(sim) == ["2", "1", "1"]
    assert updated(sim) == ("False", "RolloutWaiting", "missing child ConfigMap c0")


def test_children_that_fit_already_are_taken_only_if_they_are_found():
    sim = changed(settled(rolling("RollingInPlace", "spec")), value="1", other=True)
    assert updated(sim)[0] == "True"


def test_a_hook_without_a_status_is_refused_as_it_ends_the_real_one():
    with pytest.raises(UnsupportedError, match="answers no status"):
        settled(rolling(), lambda request: {"children": sync(request)["children"]})


def test_a_hook_is_asked_for_each_revision():
    asked = []

    def noting(request):
        asked.append(request["parent"]["spec"]["value"])
        return sync(request)

    sim = settled(rolling(), noting, count=2)
    asked.clear()
    changed(sim, value="2", count=2)
    assert {"1", "2"} <= set(asked)


def test_a_decorator_cannot_roll():
    manifest = {
        "apiVersion": "metacontroller.k8s.io/v1alpha1",
        "kind": "DecoratorController",
        "metadata": {"name": "d"},
        "spec": {
            "resources": [{"apiVersion": "v1", "resource": "namespaces"}],
            "attachments": [
                {
                    "apiVersion": "v1",
                    "resource": "configmaps",
                    "updateStrategy": {"method": "RollingInPlace"},
                }
            ],
            "hooks": {"sync": {"webhook": {"url": "http://hooks/sync"}}},
        },
    }
    with pytest.raises(UnsupportedError, match="RollingInPlace is unknown"):
        Simulation([manifest], sync)
