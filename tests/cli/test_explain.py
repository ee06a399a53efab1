"""`substratus explain`: the numbers are those of the children, on every platform."""

import json
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import rendering

from cli.commands import EXAMPLES, SMALL, model, run, text, thing, trained
from hooks.step import Step
from substratus.commands.explain.decision import is_patched
from substratus.commands.explain.explanations import explain
from substratus.documents import Document
from substratus.files import checked, read_settings
from substratus.manifests import platforms
from substratus.rendering import render

PLATFORMS = {name: read_settings(name) for name in platforms()} | {
    "the defaults": read_settings(None)
}
MAIN = {"builder", "loader", "trainer", "server", "notebook"}
PLACEMENT = ("nodeSelector", "affinity", "tolerations")
LAST_NUMBER = re.compile(r"(\d+)(?: GiB)?$")


def children_of(rendered, step):
    return {
        each.name: each.manifest
        for each in rendered.children
        if (each.parent, each.step) == (step.parent, step.step)
    }


def rendered_value(what, children):
    """Return a value as the children have it, read from them again."""
    if what.startswith("name of the "):
        kind = what.removeprefix("name of the ")
        return next(each["metadata"]["name"] for each in children if each["kind"] == kind)
    if what == "size":
        claim = next(each for each in children if each["kind"] == "PersistentVolumeClaim")
        return claim["spec"]["resources"]["requests"]["storage"]
    running = next(each for each in children if each["kind"] in {"Job", "StatefulSet"})
    return values_of(running)[what]


def values_of(running):
    """Return what is explained of a Job or a StatefulSet, by the names that explanations use."""
    pod, metadata = running["spec"]["template"]["spec"], running["metadata"]
    every = [*pod.get("initContainers", []), *pod["containers"]]
    main = next(each for each in every if each["name"] in MAIN)
    return {
        **{each: pod.get(each) for each in PLACEMENT},
        **main.get("resources", {}).get("requests", {}),
        "image": main["image"],
        "run": metadata["labels"].get("substratus.ai/run"),
        "result": metadata.get("annotations", {}).get("substratus.ai/result"),
        "packaging": metadata.get("annotations", {}).get("substratus.ai/packaging", "Image"),
    }


def is_of_children(decision):
    return decision.what not in {"accelerator", "parameters"}


def assert_true_of(rendered, steps):
    for step in steps:
        children = children_of(rendered, step)
        assert set(step.children) == set(children)
        for decision in filter(is_of_children, step.decisions):
            if children:
                value = rendered_value(decision.what, children.values())
                assert decision.value == value, decision
            assert not is_patched(decision), decision
            last = LAST_NUMBER.search(decision.because)
            if decision.what in {"memory", "nvidia.com/gpu"} and last and "is" in decision.because:
                assert decision.value.removesuffix("Gi") == last[1], decision


every_platform = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
every_example = pytest.mark.parametrize(
    "example",
    sorted(str(path.relative_to(EXAMPLES).with_suffix("")) for path in EXAMPLES.rglob("*.yaml")),
)


@every_platform
@every_example
def test_the_numbers_are_those_of_the_children(example, platform):
    rendered = rendering(platform, example)
    assert_true_of(rendered, explain(rendered, platform))


@every_platform
@every_example
def test_every_step_that_has_children_is_explained(example, platform):
    rendered = rendering(platform, example)
    steps = explain(rendered, platform)
    wanted = {(each.parent, each.step) for each in rendered.children}
    assert {(each.parent, each.step) for each in steps if each.children} == wanted


DATA = thing("Dataset", "data", filename="a", source={"git": {"url": "https://example.com/a"}})
NAMES = st.from_regex(r"[a-z]([-a-z0-9.]{0,80}[a-z0-9])?", fullmatch=True).filter(
    lambda name: ".." not in name and ".-" not in name and "-." not in name
)
HARDWARE = st.fixed_dictionaries(
    {},
    optional={
        "size": st.fixed_dictionaries(
            {"parameterCount": st.integers(1, 10**12), "parameterBits": st.integers(1, 32)}
        ),
        "compute": st.fixed_dictionaries(
            {"types": st.lists(st.sampled_from(["CPU", "GPU"]), min_size=1, unique=True)}
        ),
    },
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([*PLATFORMS]), HARDWARE, HARDWARE, NAMES)
def test_the_numbers_of_any_model_are_those_of_its_children(platform, base, tuned, name):
    objects = [
        model("base", **base),
        DATA,
        trained(name if name != "base" else "other", "base", **tuned),
        thing("ModelServer", name, modelName="base"),
        thing("Notebook", name, modelName=name if name != "base" else "other"),
    ]
    placed = checked([Document("-", each) for each in objects], namespace="default")
    rendered = render(placed, PLATFORMS[platform])
    assert_true_of(rendered, explain(rendered, PLATFORMS[platform]))


def decisions(*arguments, **given):
    found = json.loads(run("explain", "-o", "json", *arguments, **given).stdout)
    return {
        (step["parent"]["kind"], step["step"], decision["what"]): decision
        for step in found
        for decision in step["decisions"]
    }


GPU = str(EXAMPLES / "7b-gpu.yaml")


def test_the_count_has_its_arithmetic():
    found = decisions("-f", GPU)["Model", "train", "nvidia.com/gpu"]
    assert (found["value"], found["because"]) == (
        "2",
        "2.2 x 13.04 GiB of weights / 24 GiB each, rounded up to a power of two, is 2",
    )


def test_what_was_passed_over_has_its_price():
    found = decisions("-f", GPU, "--platform", "gke")["ModelServer", "serve", "accelerator"]
    assert found["passed_over"][0] == {
        "what": "nvidia-l4",
        "why": "1 cost 0.71 an hour, and not 0.28",
    }


def test_what_does_not_fit_is_explained_too():
    huge = {
        "size": {"parameterCount": 10**12, "parameterBits": 16},
        "compute": {"types": ["GPU"]},
    }
    objects = text(model("big", **huge), thing("ModelServer", "big", modelName="big"))
    found = decisions("-f", "-", text=objects)["ModelServer", "serve", "accelerator"]
    assert found["passed_over"] == [
        {"what": "nvidia-24gb", "why": "128 of 24 GiB would be needed, and a Pod can have 8"}
    ]


def test_a_name_that_is_cut_says_why():
    long = "a" * 60
    objects = text(model(long), thing("ModelServer", long, modelName=long))
    found = decisions("-f", "-", text=objects)["ModelServer", "serve", "name of the Service"]
    assert "as it has 60 characters, and 40 are left for it" in found["because"]


def test_a_value_that_a_patch_changed_says_so():
    patch = {
        "target": {"kind": "StatefulSet"},
        "operations": [
            {
                "op": "replace",
                "path": "/spec/template/spec/containers/0/resources/requests/memory",
                "value": "64Gi",
            }
        ],
    }
    server = thing("ModelServer", "a", modelName="a", patches=[patch])
    found = decisions("-f", "-", text=text(model("a"), server))["ModelServer", "serve", "memory"]
    assert found["value"] == "64Gi"
    assert found["because"].endswith("; then a patch changed it")


def test_the_text_has_a_paragraph_for_each_step():
    found = run("explain", "-f", SMALL, "--step", "train").stdout
    assert found.startswith(
        "Model default/opt-125m-squad, step train: Job opt-125m-squad-model-train-"
    )


def test_the_explanation_is_yaml_too():
    found = yaml.safe_load(run("explain", "-f", SMALL, "-o", "yaml").stdout)
    assert {each["step"] for each in found} == {*Step} - {Step.TRAINER}


def test_packaging_is_explained_apart_from_the_build_and_the_training():
    steps = [
        json.loads(run("explain", "-f", SMALL, "--step", each, "-o", "json").stdout)
        for each in ("train", "package")
    ]
    (train,), (package,) = steps
    assert (train["step"], package["step"]) == ("train", "package")
    run_of = {each["step"]: value(each, "run") for (each,) in steps}
    assert run_of["train"] == run_of["package"]


def value(step, what):
    return next(each["value"] for each in step["decisions"] if each["what"] == what)


def test_a_pinned_accelerator_is_taken_because_it_is_pinned():
    pinned = model(
        "a",
        compute={"accelerator": "nvidia-l4"},
        size={"parameterCount": 10**9, "parameterBits": 16},
    )
    server = thing("ModelServer", "a", modelName="a")
    shown = run("explain", "-f", "-", "--platform", "gke", text=text(pinned, server)).stdout
    assert "spec.compute.accelerator of the Model is nvidia-l4, so no other is considered" in shown
    assert "best of those" not in shown


def test_a_map_is_shown_as_yaml_has_it():
    shown = run("explain", "-f", SMALL, "--step", "train").stdout
    assert '  parameters: {"epochs": 1, ' in shown


GIVEN = "ghcr.io/team/x:v1"


@pytest.mark.parametrize(
    ("kind", "name", "spec", "step", "because"),
    [
        (
            "Dataset",
            "squad",
            {"filename": "a", "source": {"image": GIVEN}},
            "load",
            "spec.source.image",
        ),
        (
            "Model",
            "tuned",
            {
                "source": {"modelName": "opt"},
                "training": {"datasetName": "squad", "source": {"image": GIVEN}},
            },
            "train",
            "spec.training.source.image",
        ),
    ],
)
def test_an_image_that_is_given_is_named_by_its_field(kind, name, spec, step, because):
    dataset = thing("Dataset", "squad", filename="a", source={"image": GIVEN})
    objects = [thing(kind, name, **spec)]
    objects += [model("opt"), dataset] if kind == "Model" else []
    found = decisions("-f", "-", text=text(*objects))[kind, step, "image"]
    assert (found["value"], found["because"]) == (GIVEN, because)


def packaging_of(size, **spec):
    tuned = thing(
        "Model",
        "tuned",
        source={"modelName": "base"},
        training={"datasetName": "data"},
        **({"size": size} if size else {}),
        **spec,
    )
    git = {"git": {"url": "https://example.com/a"}}
    base = thing("Model", "base", source=git)
    data = thing("Dataset", "data", filename="a", source=git)
    said = run(
        "explain", "-f", "-", "--step", "train", "-o", "json", text=text(base, data, tuned)
    ).stdout
    (found,) = json.loads(said)
    return next(each for each in found["decisions"] if each["what"] == "packaging")


SEVENTY_GB = {"parameterCount": 35_000_000_000, "parameterBits": 16}


def test_packaging_is_explained_with_what_the_other_way_would_save():
    found = packaging_of(SEVENTY_GB)
    assert (found["value"], found["because"]) == ("Image", "storage.packaging of the settings")
    (other,) = found["passed_over"]
    assert other == {
        "what": "Storage",
        "why": "it would save a build of 22 minutes (2 x 65.19 GiB, read and pushed at 100 MiB/s) "
        "with 2 x 65.19 GiB of the builder's disk, 65.19 GiB in the registry for each run, and "
        "65.19 GiB pulled onto each node; with Storage a Pod reads them from the storage",
    }


def test_packaging_on_storage_is_explained_with_what_an_image_would_take():
    found = packaging_of(SEVENTY_GB, packaging="Storage")
    assert (found["value"], found["because"]) == ("Storage", "spec.packaging")
    assert found["passed_over"][0]["why"].startswith("it would take a build of 22 minutes")


def test_without_a_size_nobody_knows_what_it_takes():
    assert "has no spec.size" in packaging_of(None)["passed_over"][0]["why"]
