"""The objects of examples/tiny fit the directories beside them."""

import re
import tomllib

import pytest
import yaml
from workloads import TINY

ROOT = TINY.parents[1]
OBJECTS = list(yaml.safe_load_all((TINY / "tiny.yaml").read_text()))
SOURCES = [
    each["spec"]["source"]["git"] for each in OBJECTS if "git" in each["spec"].get("source", {})
]
LOCKED = {
    (each["name"], each["version"])
    for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]
}
REQUIRED = re.findall(
    r"^(\S+)==(\S+)$", (TINY / "model-char/requirements.txt").read_text(), re.MULTILINE
)


@pytest.mark.parametrize("git", SOURCES, ids=lambda git: git["path"])
def test_each_source_is_a_directory_with_a_dockerfile(git):
    assert (ROOT / git["path"] / "Dockerfile").is_file()


@pytest.mark.parametrize("script", sorted(TINY.glob("*/*.sh")), ids=lambda path: path.name)
def test_each_script_is_copied_to_the_path_of_its_image(script):
    dockerfile = (script.parent / "Dockerfile").read_text()
    (copied,) = re.findall(r"^COPY --chmod=755 (.*) /usr/local/bin/$", dockerfile, re.MULTILINE)
    assert script.name in copied.split()


@pytest.mark.parametrize(
    ("package", "version"), [each for each in REQUIRED if each[0] != "jupyterlab"]
)
def test_the_image_has_the_packages_that_are_tested(package, version):
    assert (package, version) in LOCKED


def test_every_package_of_the_image_has_a_version():
    assert len(REQUIRED) == len((TINY / "model-char/requirements.txt").read_text().splitlines())
