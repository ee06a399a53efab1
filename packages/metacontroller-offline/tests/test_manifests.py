"""What a controller's manifest may ask for; what is not simulated is refused with a sentence."""

import copy

import pytest
from engine import CRD, controller
from metacontroller_offline import Simulation, load_manifests
from metacontroller_offline.errors import NotFoundError, UnsupportedError


def changed(manifest, path, value):
    """Return a manifest with the field at a path, its names separated by dots, set to a value."""
    copied = copy.deepcopy(manifest)
    place = copied
    *names, last = path.split(".")
    for name in names:
        place = place[int(name) if isinstance(place, list) else name]
    place[last] = value
    return copied


REFUSED = {
    "a field that is unknown": ("spec.colour", "red", "spec.colour is unknown"),
    "a kind that is unknown": (
        "spec.parentResource.resource",
        "foos",
        "can't find resource foos",
    ),
    "no sync hook": ("spec.hooks", {}, "needs a sync hook"),
    "a timeout that is none": (
        "spec.hooks.sync.webhook.timeout",
        "soon",
        "'soon' is not a duration",
    ),
    "a hook without an address": ("spec.hooks.sync.webhook", {}, "give a url, or a service"),
    "a built-in parent": (
        "spec.parentResource",
        {"apiVersion": "v1", "resource": "configmaps"},
        "must be the kind of a CRD",
    ),
    "a method that is unknown": (
        "spec.childResources",
        [
            {
                "apiVersion": "v1",
                "resource": "configmaps",
                "updateStrategy": {"method": "Sometimes"},
            }
        ],
        "updateStrategy Sometimes",
    ),
}


@pytest.mark.parametrize(("path", "value", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_controller_that_is_refused(path, value, sentence):
    with pytest.raises((UnsupportedError, NotFoundError), match=sentence):
        Simulation([CRD, changed(controller(), path, value)], lambda _: {})


def test_a_parent_needs_a_status_subresource():
    crd = copy.deepcopy(CRD)
    del crd["spec"]["versions"][0]["subresources"]
    with pytest.raises(UnsupportedError, match=r"must have subresources\.status"):
        Simulation([crd, controller()], lambda _: {})


def test_a_service_stands_for_its_address():
    service = {
        "service": {"name": "s", "namespace": "n", "port": 8080},
        "path": "/sync",
    }
    asked = []
    sim = Simulation(
        [CRD, changed(controller(), "spec.hooks.sync.webhook", service)],
        {"http://s.n:8080/sync": lambda request: asked.append(request) or {"children": []}},
    )
    sim.cluster.apply(
        {
            "apiVersion": "verify.example.com/v1",
            "kind": "Bar",
            "metadata": {"name": "a", "namespace": "default"},
        }
    )
    sim.settle()
    assert asked


def test_manifests_are_read_from_files_and_folders(tmp_path):
    (tmp_path / "b.yaml").write_text("kind: B\napiVersion: v1\n---\n---\nkind: C\napiVersion: v1\n")
    (tmp_path / "a.yml").write_text("items: [{kind: A, apiVersion: v1}]")
    (tmp_path / "kustomization.yaml").write_text("resources: []")
    assert [each["kind"] for each in load_manifests(tmp_path)] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("a: [", "cannot be read as YAML"), ("a: 1", "without apiVersion and kind")],
)
def test_a_file_that_holds_no_objects_is_named(tmp_path, text, sentence):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(UnsupportedError, match=f"{path}.*{sentence}"):
        load_manifests(path)
