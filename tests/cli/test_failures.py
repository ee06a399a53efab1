"""What `--fail` takes: objects, steps that they have, and reasons."""

import click
import pytest

from cli.commands import model, thing, trained
from hooks.step import Step
from substratus.commands.simulate.failures import scenario
from substratus.objects import placed

GIT = {"git": {"url": "https://example.com/a"}}
URL = {"url": "https://example.com/a"}
IMAGE = {"image": "registry.team.io/a:1"}
OBJECTS = {
    "a Dataset from git": (thing("Dataset", "a", filename="a", source=GIT), "build load"),
    "a Dataset from an image": (thing("Dataset", "a", filename="a", source=IMAGE), "load"),
    "a Dataset from an address": (thing("Dataset", "a", filename="a", source=URL), "load"),
    "a Model from an address": (model("a", source=URL), "load"),
    "a Model from git": (model("a"), "build"),
    "a Model from an image": (model("a", source=IMAGE), ""),
    "a Model that trains": (trained("a", "base"), "train package"),
    "a ModelServer": (thing("ModelServer", "a", modelName="a"), "serve"),
    "a Notebook": (thing("Notebook", "a", modelName="a"), "notebook"),
}


def is_taken(manifest, step):
    try:
        scenario([f"{manifest['kind']}/a:{step}=OOMKilled"], [placed(manifest, "default")])
    except click.ClickException as error:
        assert "has no step" in str(error)  # noqa: PT017 - the others are the answer
        return False
    return True


@pytest.mark.parametrize(("manifest", "steps"), OBJECTS.values(), ids=OBJECTS)
def test_a_step_that_an_object_has_can_fail_and_no_other(manifest, steps):
    assert [str(step) for step in Step if is_taken(manifest, step)] == steps.split()
