"""What is easily lost of a refusal: its end, its operation, and what is just not refused."""

import copy

import orjson
import pytest
from calls import child
from fake_cluster import Stage
from objects import TUNED, UPSTREAM

from hooks.api import VALUES_LIMIT, Patch
from hooks.patches import CHILD_LIMIT, Shared, Source, apply

JOB = child(Stage(TUNED, related=UPSTREAM).answer(), "Job")
POD = "/spec/template/spec"
MAIN = f"{POD}/containers/0"
SIDE = {"name": "side", "image": "example.com/side:1"}


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def given(*operations, trusted=False, **shared):
    """Return the patches of one place."""
    patch = Patch.model_validate({"target": {"kind": "Job"}, "operations": operations})
    return Source("spec.patches", [patch], trusted=trusted, shared=Shared(**shared))


def job(**pod):
    """Return the training's Job with other fields of its Pod."""
    found = copy.deepcopy(JOB)
    found["spec"]["template"]["spec"] |= pod
    return found


def mount(path):
    return add(f"{MAIN}/volumeMounts/-", {"name": "scratch", "mountPath": path})


VOLUME = add(f"{POD}/volumes/-", {"name": "scratch", "emptyDir": {}})


def test_a_new_container_that_may_do_too_much_says_what_it_lacks():
    found = apply(JOB, [given(add(f"{POD}/containers/-", SIDE), restricted=True)])
    assert found.message.endswith(
        "containers[side]: under restricted its securityContext needs allowPrivilegeEscalation: "
        "false, capabilities.drop: [ALL], runAsNonRoot: true, seccompProfile.type: RuntimeDefault."
    )


def test_of_several_operations_the_one_that_made_the_refused_container_is_named():
    first = add(f"{POD}/containers/-", {**SIDE, "securityContext": {"privileged": True}})
    found = apply(JOB, [given(first, add(f"{POD}/schedulerName", "high"))])
    assert found.message.startswith("spec.patches[0].operations[0] (add ")


@pytest.mark.parametrize("path", ["/modelX", "/dataX", "/model/savedX"])
def test_the_settings_may_mount_beside_the_contracts_directories(path):
    found = apply(JOB, [given(VOLUME, mount(path), trusted=True)])
    assert isinstance(found, dict), found


def test_an_object_may_mount_beside_what_the_settings_mount():
    settings = given(VOLUME, mount("/scratch/X"), trusted=True)
    found = apply(JOB, [settings, given(mount("/scratch/y"))])
    assert isinstance(found, dict), found


@pytest.mark.parametrize("part", ["containers", "initContainers"])
def test_not_even_the_settings_may_change_the_order_of_containers(part):
    first, second = ({"name": name, "image": "x"} for name in "ab")
    before = job(**{part: [first, second]})
    swap = {"op": "move", "from": f"{POD}/{part}/0", "path": f"{POD}/{part}/1"}
    found = apply(before, [given(swap, trusted=True)])
    assert found.message.endswith(f"a patch may not change {POD}/{part}[]/order.")


def test_an_init_container_may_not_have_the_name_of_another_container():
    found = apply(JOB, [given(add(f"{POD}/initContainers", [{"name": "trainer", "image": "x"}]))])
    assert found.message.endswith("two of containers have one name.")


def test_an_init_container_may_not_mount_twice_at_one_place():
    twice = [{"name": "run", "mountPath": "/x"}] * 2
    first = {**SIDE, "volumeMounts": twice}
    found = apply(JOB, [given(add(f"{POD}/initContainers", [first]), trusted=True)])
    assert found.message.endswith("two of the mounts of side have one name.")


def test_a_child_may_be_as_large_as_its_record_may_be_and_no_larger():
    late = [given(add(f"{POD}/terminationGracePeriodSeconds", 7))]
    room = CHILD_LIMIT - len(orjson.dumps(apply(job(schedulerName=""), late)))
    assert isinstance(apply(job(schedulerName="a" * room), late), dict)
    assert apply(job(schedulerName="a" * (room + 1)), late).message.endswith(
        f"it makes an illegal child: {CHILD_LIMIT + 1} bytes, of at most {CHILD_LIMIT}."
    )


def test_patches_may_copy_as_many_bytes_as_they_may_hold_and_no_more():
    """A copy of a text of JSON has its quotes as well."""
    spot = {"op": "copy", "from": f"{POD}/schedulerName", "path": f"{POD}/affinity"}
    for size, fits in ((VALUES_LIMIT - 2, True), (VALUES_LIMIT - 1, False)):
        before = job(schedulerName="a" * size)
        assert isinstance(apply(before, [given(spot, trusted=True)]), dict) == fits


def test_what_a_child_had_before_is_not_blamed_on_a_patch():
    found = apply(job(hostAliases=[]), [given(add(f"{POD}/schedulerName", "high"))])
    assert found["spec"]["template"]["spec"]["schedulerName"] == "high"


def test_what_does_not_apply_says_where_and_no_more():
    message = apply(JOB, [given(add("/spec/a/b", "x"))]).message
    assert message.endswith("does not apply: member 'a' not found.")


def test_a_container_is_not_there_where_none_is():
    target = {"kind": "Job", "step": "train", "container": "trainer"}
    after = [{"op": "remove", "path": f"{POD}/{part}"} for part in ("containers", "initContainers")]
    pods = {"target": {"kind": "Job"}, "operations": after}
    its = {"target": target, "operations": [add("/resources", {})]}
    source = Source(
        "spec.patches", [Patch.model_validate(each) for each in (pods, its)], trusted=False
    )
    found = apply(job(initContainers=[SIDE]), [source])
    assert found.message.endswith("there is no container trainer; there are none.")
