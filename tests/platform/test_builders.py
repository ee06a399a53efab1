"""What a builder is told of registries."""

import pytest

from hooks.platform.builders import Build, make_builder
from hooks.settings import InvalidSettingsError, load

BUILD = Build("registry.example.com/model:1", context="/source", dockerfile="/source")


def daemon(settings: str) -> str:
    found = load(settings, source="settings")
    return make_builder(BUILD, found.builder, found.registry).files.get("buildkitd.toml", "")


def test_a_registry_with_tls_needs_no_configuration():
    assert not daemon("registry: {url: registry.example.com}")


def test_an_insecure_registry_is_spoken_to_in_plain_http():
    assert daemon("registry: {url: 'registry.example.com:5000/a', insecure: true}") == (
        '[registry."registry.example.com:5000"]\n  http = true\n  insecure = true\n'
    )


def test_a_mirror_stands_in_for_a_registry():
    told = daemon("registry: {mirrors: {docker.io: 'mirror.example.com:5000'}}")
    assert told == '[registry."docker.io"]\n  mirrors = ["mirror.example.com:5000"]\n'


def test_a_mirror_is_a_host_and_nothing_else():
    sections = 'registry: {mirrors: {docker.io: "a\\"]\\n[worker.oci]"}}'
    with pytest.raises(InvalidSettingsError, match=r"registry\.mirrors\.docker\.io"):
        daemon(sections)
