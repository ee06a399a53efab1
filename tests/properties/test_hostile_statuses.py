"""Hostile values in what others wrote: statuses, and the record of a Job's result."""

import copy
import re

import pytest
import stages
from calls import base_dataset, base_model, child, condition, parent, sync
from hypothesis import given, settings
from hypothesis import strategies as st

from hooks.names import RESULT

MODELS = stages.trained_models()
NASTY = (
    "--output=type=local,dest=/",
    "-x",
    "registry/m:1,type=local",
    "registry/m:1 --no-cache",
    "$(id)",
    "`id`",
    "a\nb",
    "a\x00b",
    "ext::sh -c id",
    "ftp://x/y/z",
    "pvc://",
    "pvc://x",
    "pvc://../../a/b/c/d",
    "registry/m:ünï",
)
VALUES = st.one_of(st.text(max_size=30), st.sampled_from(NASTY))
SAFE_IMAGE = re.compile(r"[a-z0-9][-a-zA-Z0-9._:/@]*")


def jobs(answered):
    for each in answered["children"]:
        if each["kind"] == "Job":
            pod = each["spec"]["template"]["spec"]
            yield from [*pod.get("initContainers", []), *pod["containers"]]


def words_of(container):
    return [*container["command"], *container.get("args", [])]


@settings(max_examples=150)
@given(value=VALUES)
def test_a_base_image_reaches_the_builder_only_if_it_is_an_image(value):
    base = base_model()
    base["status"]["containerImage"] = value
    stage = MODELS["a new trained Model"].seeing(base, base_dataset())
    for container in jobs(stage.after().completed("train").after().answer()):
        for word in words_of(container):
            name, _, given_ = word.removeprefix("--opt=build-arg:").partition("=")
            assert name != "BASE_IMAGE" or SAFE_IMAGE.fullmatch(given_)


@pytest.mark.parametrize("value", NASTY)
def test_a_base_image_that_is_none_is_reported(value):
    base = base_model()
    base["status"]["containerImage"] = value
    answered = sync(MODELS["a new trained Model"].parent, [], [base, base_dataset()])
    expected = "Training" if SAFE_IMAGE.fullmatch(value) else "SourceModelNotReady"
    assert condition(answered, "Trained")[1] == expected


@settings(max_examples=150)
@given(value=VALUES)
def test_a_datasets_address_is_not_a_word_of_a_command(value):
    data = base_dataset()
    data["status"]["url"] = value
    answered = sync(MODELS["a new trained Model"].parent, [], [base_model(), data])
    assert all(words_of(each) == ["train.sh"] for each in jobs(answered))


@pytest.mark.parametrize("kind", ["ModelServer", "Notebook"])
@given(value=VALUES)
@settings(max_examples=60)
def test_a_models_image_and_dataset_change_no_command(kind, value):
    model = copy.deepcopy(MODELS["a trained Model that is ready"].parent)
    model["status"] = {**model["status"], "observedGeneration": 1}
    found = parent(kind, "n", {"modelName": "tuned"})
    plain = child(sync(found, [], [model]), "StatefulSet")
    model["status"]["provenance"]["dataset"]["url"] = value
    model["status"]["provenance"]["git"] = {"url": value}
    for each in sync(found, [], [model])["children"]:
        if each["kind"] == "StatefulSet":
            pods = [one["spec"]["template"]["spec"] for one in (plain, each)]
            commands = [
                [words_of(one) for one in [*pod.get("initContainers", []), *pod["containers"]]]
                for pod in (
                    {**pod, "containers": [{"command": [], **one} for one in pod["containers"]]}
                    for pod in pods
                )
            ]
            assert commands[0] == commands[1]


def with_result(stage, value):
    """Return a stage without a status, whose complete Jobs say that their result is there."""
    found = copy.deepcopy(stage)
    found.parent.pop("status")
    kept = [each for each in found.children if "model-build" not in each["metadata"]["name"]]
    for each in kept:
        if each["kind"] == "Job":
            each["metadata"]["annotations"][RESULT] = value
    return found._replace(children=tuple(kept))


@pytest.mark.parametrize("value", NASTY)
def test_a_wrong_record_of_an_image_is_not_believed(value):
    answered = with_result(stages.datasets()["a Dataset that loads"], value).answer()
    assert answered["status"]["image"].startswith("registry.example.com/substratus/dataset-")


@pytest.mark.parametrize("value", [each for each in NASTY if not each.startswith("pvc://..")])
def test_a_wrong_record_of_a_training_runs_output_is_answered(value):
    answered = with_result(MODELS["a Model that is packaged"], value).answer()
    assert answered["status"]["conditions"]
