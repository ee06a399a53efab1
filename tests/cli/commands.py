"""What the tests of the commands share: how one is run, and what is run on."""

from pathlib import Path

import yaml
from click.testing import CliRunner

from substratus.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = str(EXAMPLES / "125m-cpu.yaml")
LARGE = str(EXAMPLES / "40b-gpu.yaml")


def run(*arguments, text=None):
    return CliRunner().invoke(main, [*arguments], input=text, prog_name="substratus")


def model(name, **spec):
    source = {"source": {"git": {"url": "https://example.com/a"}}}
    return thing("Model", name, **{**source, **spec})


def trained(name, base, dataset="data", **spec):
    return thing(
        "Model", name, source={"modelName": base}, training={"datasetName": dataset}, **spec
    )


def thing(kind, name, **spec):
    metadata = {"name": name}
    return {"apiVersion": "substratus.ai/v1", "kind": kind, "metadata": metadata, "spec": spec}


def text(*objects):
    return yaml.safe_dump_all(objects)
