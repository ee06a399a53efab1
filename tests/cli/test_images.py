"""`substratus images`: every image that will ever be pulled."""

import json

from cli.commands import EXAMPLES, SMALL, run
from hooks.platform.builders.buildkit import IMAGE
from hooks.settings import Settings


def test_every_container_of_every_child_runs_a_listed_image():
    rendered = json.loads(run("render", "-f", str(EXAMPLES), "-o", "json").stdout)
    listed = run("images", "-f", str(EXAMPLES)).stdout.splitlines()
    used = {
        container["image"]
        for child in rendered["items"]
        for pod in [child.get("spec", {}).get("template", {}).get("spec", {})]
        for container in [*pod.get("initContainers", []), *pod.get("containers", [])]
    }
    assert listed == sorted(used)


def test_what_no_build_here_makes_is_the_builder_and_git():
    found = run("images", "-f", SMALL, "--outside").stdout.splitlines()
    assert found == sorted([Settings().builder.git_image, IMAGE])


def test_what_no_build_here_makes_is_pinned_by_digest():
    found = run("images", "-f", SMALL, "--outside").stdout.splitlines()
    assert [each for each in found if "@sha256:" not in each] == []


def test_a_table_says_who_runs_an_image():
    found = run("images", "-f", SMALL, "-o", "table").stdout
    assert "Dataset/squad load loader" in found


def test_the_images_can_be_read_by_a_program():
    found = json.loads(run("images", "-f", SMALL, "-o", "json").stdout)
    assert [each["built"] for each in found].count(True) == 3
