"""A proxy: who goes through it, and who does not."""

import pytest
from rendering import pods

from hooks.settings import InvalidSettingsError, load

PROXY = """\
proxy:
  https: http://proxy.example.com:3128
  noProxy: [.svc, 10.0.0.0/8]
"""
VARIABLES = {
    "HTTPS_PROXY": "http://proxy.example.com:3128",
    "https_proxy": "http://proxy.example.com:3128",
    "NO_PROXY": ".svc,10.0.0.0/8",
    "no_proxy": ".svc,10.0.0.0/8",
}


def containers(text):
    """Return the containers by step and name."""
    return {
        (step, each["name"]): each
        for step, pod in pods(load(text, source="settings"), "125m-cpu")
        for each in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"])
    }


def variables(container):
    return {each["name"]: each.get("value") for each in container.get("env", [])}


@pytest.mark.parametrize(
    "name", [("build", "clone"), ("build", "builder"), ("package", "builder"), ("load", "loader")]
)
def test_what_reaches_outside_goes_through_it(name):
    assert variables(containers(PROXY)[name]).items() >= VARIABLES.items()


@pytest.mark.parametrize("name", [("train", "trainer"), ("serve", "server")])
def test_what_works_on_what_is_loaded_does_not(name):
    assert not variables(containers(PROXY)[name]).keys() & VARIABLES.keys()


@pytest.mark.parametrize(
    ("builder", "option"),
    [("buildkit", "--opt=build-arg:"), ("buildah", "--build-arg="), ("kaniko", "--build-arg=")],
)
def test_every_run_of_a_dockerfile_goes_through_it(builder, option):
    found = containers(f"{PROXY}builder: {{type: {builder}}}")["build", "builder"]
    assert f"{option}HTTPS_PROXY=http://proxy.example.com:3128" in found["args"]


def test_hosts_to_reach_directly_mean_nothing_without_a_proxy():
    found = containers("proxy: {noProxy: [.svc]}")["build", "clone"]
    assert "NO_PROXY" not in variables(found)


def test_a_password_is_refused():
    with pytest.raises(InvalidSettingsError, match=r"proxy[.]https"):
        load("proxy: {https: 'http://user:secret@proxy:3128'}", source="settings")
