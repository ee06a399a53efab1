"""What patches are for: each of these goes through, and makes a child that Kubernetes takes."""

import pytest
from patches.test_refused import CHILDREN, MAIN, POD, add, patched, remove, replace
from strict_schema import assert_fits

from hooks.api import Patch
from hooks.patches import Source, apply

TOLERATION = {"key": "team", "operator": "Exists"}
SCRATCH = {"name": "scratch", "emptyDir": {}}
SIDECAR = {
    "name": "metrics",
    "image": "example.com/exporter:1",
    "restartPolicy": "Always",
    "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
}
USES = {
    "a scheduler": ("Job", [add(f"{POD}/schedulerName", "high")]),
    "a node": ("Job", [add(f"{POD}/nodeSelector", {"pool": "a"})]),
    "a toleration": ("StatefulSet", [add(f"{POD}/tolerations", [TOLERATION])]),
    "more memory": ("Job", [replace(f"{MAIN}/resources/requests/memory", "64Gi")]),
    "a limit": ("StatefulSet", [add(f"{MAIN}/resources/limits", {"memory": "64Gi"})]),
    "a longer probe": ("StatefulSet", [replace(f"{MAIN}/readinessProbe/timeoutSeconds", 30)]),
    "a preStop hook": (
        "StatefulSet",
        [add(f"{MAIN}/lifecycle", {"preStop": {"exec": {"command": ["sleep", "5"]}}})],
    ),
    "a scratch volume": (
        "Job",
        [
            add(f"{POD}/volumes/-", SCRATCH),
            add(f"{MAIN}/volumeMounts/-", {"name": "scratch", "mountPath": "/scratch"}),
        ],
    ),
    "a sidecar": (
        "Job",
        [add(f"{POD}/volumes/-", SCRATCH), add(f"{POD}/initContainers", [SIDECAR])],
    ),
    "labels and annotations": (
        "Job",
        [
            add("/metadata/labels/team", "a"),
            add("/metadata/annotations/note", "a"),
        ],
    ),
    "a file system group": ("Job", [add(f"{POD}/securityContext", {"fsGroup": 1000})]),
    "how a Job fails": ("Job", [remove("/spec/podFailurePolicy"), add("/spec/backoffLimit", 0)]),
    "a load balancer": ("Service", [add("/spec/type", "LoadBalancer")]),
    "another port": ("Service", [add("/spec/ports/-", {"name": "metrics", "port": 9090})]),
    "another storage class": (
        "PersistentVolumeClaim",
        [add("/spec/storageClassName", "fast"), replace("/spec/resources/requests/storage", "2Ti")],
    ),
}


@pytest.mark.parametrize(("kind", "operations"), USES.values(), ids=USES)
def test_it_goes_through(kind, operations):
    found = patched(kind, *operations)
    assert isinstance(found, dict), found
    assert found != CHILDREN[kind]
    assert_fits(found)


def test_a_patch_is_for_its_kind_alone():
    patch = {"target": {"kind": "Service"}, "operations": [remove("/spec/nothing")]}
    found = apply(CHILDREN["Job"], [Source("x", [Patch.model_validate(patch)], trusted=False)])
    assert found == CHILDREN["Job"]


@pytest.mark.parametrize(("step", "applies"), [("train", True), ("build", False)])
def test_a_patch_is_for_its_step_alone(step, applies):
    operations = [add(f"{POD}/schedulerName", "high")]
    patch = {"target": {"kind": "Job", "step": step}, "operations": operations}
    found = apply(CHILDREN["Job"], [Source("x", [Patch.model_validate(patch)], trusted=False)])
    assert (found != CHILDREN["Job"]) == applies


def test_the_settings_come_first_and_an_object_may_build_on_them():
    def source(where, operation, *, trusted):
        patch = {"target": {"kind": "Job"}, "operations": [operation]}
        return Source(where, [Patch.model_validate(patch)], trusted=trusted)

    first = source("settings", add(f"{POD}/tolerations", [TOLERATION]), trusted=True)
    second = source("spec", add(f"{POD}/tolerations/-", {"key": "b"}), trusted=False)
    found = apply(CHILDREN["Job"], [first, second])
    assert found["spec"]["template"]["spec"]["tolerations"] == [TOLERATION, {"key": "b"}]


def test_an_object_may_not_take_back_a_privilege_that_the_settings_gave():
    def source(where, operation, *, trusted):
        patch = {"target": {"kind": "Job"}, "operations": [operation]}
        return Source(where, [Patch.model_validate(patch)], trusted=trusted)

    first = source("settings", add(f"{POD}/hostNetwork", True), trusted=True)
    second = source("spec", remove(f"{POD}/hostNetwork"), trusted=False)
    assert "only a patch of the settings" in apply(CHILDREN["Job"], [first, second]).message
