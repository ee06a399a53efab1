"""Whatever a patch says: it is refused by name, or what it may not touch is untouched."""

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from legal import VALUE
from strict_schema import assert_fits

from hooks.api import Patch
from hooks.conditions import Violation
from hooks.patches import Source, apply

from .test_answers import CHILDREN, QUANTITY, leaves

GIVEN = [
    child
    for child in CHILDREN.values()
    if child["kind"] in {"Job", "StatefulSet", "Service", "PersistentVolumeClaim"}
]
NEW = [
    *("nodeSelector", "tolerations", "hostNetwork", "serviceAccountName", "nodeName"),
    *("priorityClassName", "schedulerName", "annotations", "x", "status", "-", "0"),
]


def pointers(value, at=""):
    """Yield the pointer of every value in a value."""
    if at:
        yield at
    entries = enumerate(value) if isinstance(value, list) else ()
    for key, each in value.items() if isinstance(value, dict) else entries:
        yield from pointers(each, f"{at}/{str(key).replace('/', '~1')}")


def at(value, pointer):
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def another(value):
    """Return another value of the same type, which a schema would take as well."""
    if isinstance(value, dict):
        return {**value, "x": "x"}
    if isinstance(value, list):
        return [*value, *value[:1]] or ["x"]
    return not value if isinstance(value, bool) else value + (1 if isinstance(value, int) else "x")


OPS = st.sampled_from(["add", "replace", "another", "remove", "move", "copy", "test"])


class Patched:
    """A child, with the operations on it; strategies that are made once cost nothing to draw."""

    def __init__(self, child):
        self.child = child
        self.known = st.sampled_from(sorted(pointers(child)))
        self.paths = self.known | st.builds("{}/{}".format, self.known, st.sampled_from(NEW))
        self.values = VALUE | self.known.map(lambda pointer: at(child, pointer))
        self.operations = st.lists(self._operation(), min_size=1, max_size=3)

    @st.composite
    def _operation(draw, self):  # noqa: N805 - hypothesis gives draw first
        op = draw(OPS)
        if op == "another":
            path = draw(self.known)
            return {"op": "replace", "path": path, "value": another(at(self.child, path))}
        path = draw(self.paths)
        if op in {"move", "copy"}:
            return {"op": op, "path": path, "from": draw(self.known)}
        if op == "remove":
            return {"op": op, "path": path}
        return {"op": op, "path": path, "value": copy.deepcopy(draw(self.values))}

    def __repr__(self):
        return f"{self.child['kind']} {self.child['metadata']['name']}"


def identity(child):
    return [child[key] for key in ("apiVersion", "kind")], {
        key: value
        for key, value in child["metadata"].items()
        if key not in {"labels", "annotations"}
    }


def containers(child):
    pod = child["spec"].get("template", {}).get("spec", {})
    return {
        each["name"]: each for each in [*pod.get("initContainers", []), *pod.get("containers", [])]
    }


def template(child):
    return child["spec"].get("template", {})


def of_nobody_else(child):
    """Return what a Pod's own spec says beside what an object's patches may change."""
    free = {
        *("affinity", "containers", "initContainers", "nodeSelector", "schedulerName"),
        *("securityContext", "terminationGracePeriodSeconds", "tolerations"),
        *("topologySpreadConstraints", "volumes"),
    }
    pod = template(child).get("spec", {})
    return {key: value for key, value in pod.items() if key not in free}


def what_runs(container):
    keys = ("image", "command", "args", "env", "envFrom", "workingDir", "securityContext")
    return {key: container.get(key) for key in keys}


@settings(max_examples=1000)
@given(data=st.data(), subject=st.sampled_from([Patched(child) for child in GIVEN]))
def test_a_patch_is_refused_by_name_or_leaves_what_is_fixed(data, subject):
    child, given_ = subject.child, data.draw(subject.operations)
    patch = Patch.model_validate({"target": {"kind": child["kind"]}, "operations": given_})
    before = copy.deepcopy(child)
    patched = apply(child, [Source("spec.patches", [patch], trusted=False)])
    assert child == before
    if isinstance(patched, Violation):
        assert patched.message.startswith("spec.patches[0].operations[")
        return
    assert identity(patched) == identity(child)
    assert child["metadata"]["labels"].items() <= patched["metadata"]["labels"].items()
    assert patched["spec"].get("selector") == child["spec"].get("selector")
    assert template(patched).get("metadata") == template(child).get("metadata")
    assert of_nobody_else(patched) == of_nobody_else(child)
    after = containers(patched)
    for name, own in containers(child).items():
        assert what_runs(after[name]) == what_runs(own)
    for path, value in leaves(patched):
        assert value is not None, path
        assert not isinstance(value, float), path
        if path.endswith((".requests.memory", ".requests.storage", ".requests.cpu")):
            assert QUANTITY.fullmatch(value) or value == "0"


@settings(max_examples=100)
@given(data=st.data(), child=st.sampled_from([each for each in GIVEN if containers(each)]))
def test_a_patch_of_resources_gives_a_legal_child(data, child):
    """What people patch most goes through, and the API server's schema takes it."""
    place = data.draw(st.sampled_from(["nodeSelector", "schedulerName"]))
    value = {"pool": "a"} if place == "nodeSelector" else "a"
    assume(place not in child["spec"]["template"]["spec"])
    patch = Patch.model_validate(
        {
            "target": {"kind": child["kind"]},
            "operations": [{"op": "add", "path": f"/spec/template/spec/{place}", "value": value}],
        }
    )
    patched = apply(child, [Source("spec.patches", [patch], trusted=False)])
    assert isinstance(patched, dict)
    assert_fits(patched)
