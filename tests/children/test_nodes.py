"""Architecture, runtime class, groups and profiles: what the settings say of all Pods."""

import pytest
from rendering import pods

from hooks.settings import load

GPU = """
  accelerators:
    - {name: l4, memoryGiB: 22, maxPerNode: 8, runtimeClassName: nvidia}
"""


def specs(text, example="125m-cpu"):
    """Return the Pods' specs by step."""
    settings = load(text, source="settings")
    return {step: pod["spec"] for step, pod in pods(settings, example)}


def test_every_pod_is_on_a_node_of_the_architecture():
    for each in specs("compute: {architecture: arm64}").values():
        assert each["nodeSelector"] == {"kubernetes.io/arch": "arm64"}


def test_an_accelerator_may_be_of_another_architecture():
    text = "compute:\n  architecture: amd64" + GPU.replace(
        "runtimeClassName: nvidia", "nodeSelector: {kubernetes.io/arch: arm64}"
    )
    assert specs(text, "7b-gpu")["serve"]["nodeSelector"] == {"kubernetes.io/arch": "arm64"}


def test_any_node_will_do_where_nothing_is_said():
    assert not any("nodeSelector" in each for each in specs("{}").values())


def test_an_accelerators_runtime_class_comes_before_that_of_pods():
    found = specs("pods: {runtimeClassName: gvisor}\ncompute:" + GPU, "7b-gpu")
    assert (found["serve"]["runtimeClassName"], found["load"]["runtimeClassName"]) == (
        "nvidia",
        "gvisor",
    )


def test_a_builder_has_no_runtime_class():
    assert "runtimeClassName" not in specs("pods: {runtimeClassName: gvisor}")["build"]


def test_volumes_are_writable_for_a_group_under_baseline():
    found = specs("pods: {fsGroup: 100}")["load"]
    assert found["securityContext"] == {"fsGroup": 100, "fsGroupChangePolicy": "OnRootMismatch"}


@pytest.mark.parametrize("builder", ["buildkit", "buildah", "kaniko"])
def test_a_builder_has_the_app_armor_profile_of_the_settings(builder):
    found = specs(f"builder: {{type: {builder}, appArmorProfile: userns}}")["build"]
    assert found["containers"][0]["securityContext"]["appArmorProfile"] == {
        "type": "Localhost",
        "localhostProfile": "userns",
    }


def test_a_builder_may_be_unconfined():
    found = specs("builder: {appArmorProfile: Unconfined}")["build"]
    profile = found["containers"][0]["securityContext"]["appArmorProfile"]
    assert profile == {"type": "Unconfined"}
