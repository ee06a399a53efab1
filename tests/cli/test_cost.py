"""`substratus cost`: what Pods cost per hour."""

import json

import pytest
import yaml

from cli.commands import EXAMPLES, SMALL, run

GPU = str(EXAMPLES / "7b-gpu.yaml")


def costs(*arguments):
    return json.loads(run("cost", "-o", "json", *arguments).stdout)


@pytest.fixture
def priced(tmp_path):
    """Return settings with two accelerators: one is too small for what trains, the other dear."""
    file = tmp_path / "settings.yaml"
    small = {"name": "small", "memoryGiB": 16, "maxPerNode": 1, "price": 0.5}
    large = {"name": "large", "memoryGiB": 80, "maxPerNode": 8, "price": 3}
    file.write_text(yaml.safe_dump({"compute": {"accelerators": [large, small]}}))
    return str(file)


def test_the_price_is_that_of_the_accelerators(priced):
    found = {each["step"]: each["price"] for each in costs("-f", GPU, "--platform", priced)["pods"]}
    assert found == {"train": 3, "serve": 0.5, "notebook": 3}


def test_what_stays_and_what_ends_are_distinguished(priced):
    assert costs("-f", GPU, "--platform", priced)["perHour"] == {"stays": 3.5, "ends": 3}


def test_what_does_not_fit_is_among_the_options(priced):
    trainer = costs("-f", GPU, "--platform", priced)["pods"][0]
    assert {each["accelerator"]: each["count"] for each in trainer["options"]} == {
        "large": 1,
        "small": None,
    }


def test_a_table_says_what_stays(priced):
    found = run("cost", "-f", GPU, "--platform", priced).stdout
    assert "What stays costs 3.50 an hour.\n" in found


def test_what_has_no_price_is_not_counted():
    assert (
        "3 have an accelerator without a price, and are not counted.\n"
        in run("cost", "-f", GPU).stdout
    )


def test_a_suspended_notebook_costs_nothing(priced):
    objects = [each for each in yaml.safe_load_all((EXAMPLES / "7b-gpu.yaml").read_text()) if each]
    for each in objects:
        if each["kind"] == "Notebook":
            each["spec"]["suspend"] = True
    text = yaml.safe_dump_all(objects)
    found = json.loads(run("cost", "-o", "json", "-f", "-", "--platform", priced, text=text).stdout)
    assert found["perHour"]["stays"] == 0.5


def test_what_needs_no_accelerator_has_no_price():
    assert {each["price"] for each in costs("-f", SMALL)["pods"]} == {None}
