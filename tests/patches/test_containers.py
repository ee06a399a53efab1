"""A patch of one container: its pointers begin there, wherever in the Pod it is."""

import pytest
import verdicts
from calls import child, condition, edited, sync
from objects import DATASET, SERVER

from hooks.api import Patch
from hooks.patches import Source, apply

BUILD = child(sync(DATASET), "Job")
LIMIT = {"op": "add", "path": "/resources/limits", "value": {"memory": "1Gi"}}
WHOLE = {"op": "add", "path": "/resources", "value": {"limits": {"memory": "1Gi"}}}


def patch(container, *operations):
    target = {"kind": "Job", "step": "build", "container": container}
    return {"target": target, "operations": list(operations)}


def patched(*patches, trusted=False):
    given = [Patch.model_validate(each) for each in patches]
    return apply(BUILD, [Source("spec.patches", given, trusted=trusted)])


def container(found, name):
    pod = found["spec"]["template"]["spec"]
    every = [*pod["initContainers"], *pod["containers"]]
    return next(each for each in every if each["name"] == name)


@pytest.mark.parametrize(("name", "operation"), [("builder", LIMIT), ("clone", WHOLE)])
def test_it_reaches_the_container_of_that_name(name, operation):
    found = patched(patch(name, operation))
    assert container(found, name)["resources"]["limits"] == {"memory": "1Gi"}


def test_it_reaches_no_other():
    found = patched(patch("builder", LIMIT))
    assert container(found, "clone") == container(BUILD, "clone")


def test_from_begins_there_too():
    copied = {"op": "copy", "from": "/resources/requests", "path": "/resources/limits"}
    resources = container(patched(patch("builder", copied)), "builder")["resources"]
    assert resources["limits"] == resources["requests"]


def test_it_finds_the_container_after_another_was_put_before_it():
    first = {
        "op": "add",
        "path": "/spec/template/spec/initContainers/0",
        "value": {"name": "first", "image": "a"},
    }
    whole = {"target": {"kind": "Job"}, "operations": [first]}
    found = patched(whole, patch("clone", WHOLE), patch("first", WHOLE), trusted=True)
    assert container(found, "clone")["resources"] == container(found, "first")["resources"]


def test_one_that_is_not_there_is_named_with_those_that_are():
    assert patched(patch("trainer", LIMIT)).message == (
        "spec.patches[0].operations[0] (add /resources/limits): "
        "there is no container trainer; there are builder, clone."
    )


@pytest.mark.parametrize("path", ["/spec", "/spec/template/spec/containers"])
def test_one_that_an_operation_before_took_away_is_not_there(path):
    broken = {"op": "replace", "path": path, "value": ["x"]}
    whole = {"target": {"kind": "Job"}, "operations": [broken]}
    assert "there is no container builder" in patched(whole, patch("builder", LIMIT)).message


def test_a_value_that_may_not_change_is_blamed_on_the_operation_that_names_it_from_there():
    image = {"op": "replace", "path": "/image", "value": "x"}
    found = patched(patch("builder", LIMIT, image), patch("clone", WHOLE))
    assert found.message == (
        "spec.patches[0].operations[1] (replace /image): "
        "a patch may not change /spec/template/spec/containers[builder]/image."
    )


@pytest.mark.parametrize("path", ["/workspace", "/workspace/more", "/"])
def test_not_even_the_settings_mount_over_what_a_container_has(path):
    mount = {"op": "add", "path": "/volumeMounts/-", "value": {"name": "x", "mountPath": path}}
    assert patched(patch("builder", mount), trusted=True).message.endswith(
        (
            f"a patch may not change /spec/template/spec/containers[builder]/volumeMounts[{path}].",
            "two of the mounts of builder have one name.",
        )
    )


@pytest.mark.parametrize("name", ["registry", "pull", "git"])
@pytest.mark.parametrize(("found", "type_"), [(DATASET, "Built"), (SERVER, "Serving")])
def test_no_variable_takes_a_secret_that_the_settings_name(found, type_, name):
    variable = {"name": "A", "valueFrom": {"secretKeyRef": {"name": name, "key": "a"}}}
    asked = edited(found, env=[variable])
    answered = sync(asked, [], verdicts.UPSTREAM, settings=verdicts.SETTINGS)
    assert condition(answered, type_)[1:] == (
        "InvalidConfiguration",
        (
            f"spec.env.0.valueFrom.secretKeyRef.name: the settings name Secret {name}, which is "
            "the administrator's. Put the value into a Secret of its own."
        ),
    )
    assert answered["children"] == []


def test_a_variable_may_take_any_other_secret():
    variable = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "mine", "key": "a"}}}
    answered = sync(edited(DATASET, env=[variable]), settings=verdicts.SETTINGS)
    assert condition(answered, "Built")[1] == "Building"
