"""Every example on every platform that the project has settings for: what is made is legal."""

import re

import pytest
import yaml
from rendering import children, pods
from strict_schema import assert_fits

from hooks.settings import Settings, load
from substratus.manifests import platforms

PLATFORMS = {name: load(path.read_text(), source=name) for name, path in platforms().items()}
EXAMPLES = ("125m-cpu", "40b-gpu", "7b-gpu", "hub-7b-gpu", "hub-cpu", "storage", "tiny/tiny")
VERSIONS = ("1.30", "1.37")
"""The oldest Kubernetes that is supported, and the newest whose schemas there are."""

every_platform = pytest.mark.parametrize("platform", PLATFORMS)
every_example = pytest.mark.parametrize("example", EXAMPLES)
QUANTITY = re.compile(r"[1-9][0-9]*(m|[KMGT]i)?")


def test_there_is_a_platform_for_each_kind_of_cluster():
    assert set(PLATFORMS) >= {"local", "onprem", "gke", "eks", "aks"}


@every_platform
def test_each_says_where_images_and_data_go_and_what_hardware_there_is(platform):
    text = platforms()[platform].read_text()
    assert {"registry", "storage", "builder", "compute"} <= yaml.safe_load(text).keys()


@pytest.mark.parametrize("version", VERSIONS)
@every_platform
@every_example
def test_children_fit_the_strict_schema(example, platform, version):
    found = children(PLATFORMS[platform], example)
    assert found
    for child in found:
        assert_fits(child, version)


def leaves(value, path=""):
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inside:
        at = f"{path}.{key}"
        yield at, each
        if isinstance(each, dict | list):
            yield from leaves(each, at)


@every_platform
@every_example
def test_children_are_what_the_api_server_stores(example, platform):
    """Null, empty and float values, and other quantities, would be written at every sync."""
    for child in children(PLATFORMS[platform], example):
        for path, value in leaves(child):
            if not path.endswith(".emptyDir"):
                assert value not in (None, "", {}, []), path
            assert not isinstance(value, float), path
            if re.search(r"[.](requests|limits)[.][^.]+([.][^.]+/[^.]+)?$", path):
                assert QUANTITY.fullmatch(value), path


@every_platform
@every_example
def test_each_mount_has_its_volume_and_each_volume_its_mount(example, platform):
    for _, pod in pods(PLATFORMS[platform], example):
        spec = pod["spec"]
        containers = [*spec.get("initContainers", []), *spec["containers"]]
        mounted = {each["name"] for one in containers for each in one.get("volumeMounts", [])}
        volumes = [each["name"] for each in spec.get("volumes", [])]
        assert mounted == set(volumes)
        assert len(volumes) == len(mounted)


@every_platform
@every_example
def test_accelerators_are_limited_to_what_is_requested(example, platform):
    for _, pod in pods(PLATFORMS[platform], example):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            resources = container.get("resources", {})
            assert resources.get("limits", {}).items() <= resources.get("requests", {}).items()


GKE = PLATFORMS["gke"]


def steps(settings, example):
    return {step: pod for step, pod in pods(settings, example) if step not in {"build", "package"}}


@pytest.mark.parametrize(("step", "gpus"), [("serve", "1"), ("train", "2"), ("notebook", "2")])
def test_on_google_cloud_a_7b_model_runs_on_an_l4_of_a_spot_node(step, gpus):
    spec = steps(GKE, "7b-gpu")[step]["spec"]
    container = spec["containers"][0]
    assert container["resources"] == {
        "limits": {"nvidia.com/gpu": gpus},
        "requests": {
            "cpu": "2",
            "memory": "17Gi",
            "ephemeral-storage": "100Gi",
            "nvidia.com/gpu": gpus,
        },
    }
    assert spec["nodeSelector"] == {
        "cloud.google.com/gke-accelerator": "nvidia-l4",
        "cloud.google.com/gke-spot": "true",
    }
    assert {
        "key": "cloud.google.com/gke-spot",
        "operator": "Equal",
        "value": "true",
        "effect": "NoSchedule",
    } in spec["tolerations"]


def test_on_google_cloud_a_pod_is_annotated_where_it_mounts_a_bucket_and_nowhere_else():
    for _, pod in pods(GKE, "7b-gpu"):
        buckets = [each for each in pod["spec"].get("volumes", []) if "csi" in each]
        annotated = pod["metadata"].get("annotations", {}).get("gke-gcsfuse/volumes") == "true"
        assert annotated == bool(buckets)


CLOUDS = [name for name, settings in PLATFORMS.items() if settings.identity.type != "none"]
ROLES = {
    ("Dataset", "build"): "data-loader-builder",
    ("Dataset", "load"): "data-loader",
    ("Model", "build"): "model-builder",
    ("Model", "package"): "model-builder",
    ("Model", "train"): "model-trainer",
    ("ModelServer", "serve"): "model-server",
    ("Notebook", "notebook"): "notebook",
}


def kind_of(labels):
    return next(kind for kind, _ in ROLES if f"substratus.ai/{kind.lower()}" in labels)


@pytest.mark.parametrize("platform", CLOUDS)
def test_in_a_cloud_each_pod_runs_as_the_service_account_of_its_role(platform):
    found = {
        (kind_of(pod["metadata"]["labels"]), step): pod["spec"]["serviceAccountName"]
        for step, pod in pods(PLATFORMS[platform], "7b-gpu")
    }
    assert found == ROLES


@pytest.mark.parametrize("platform", sorted(set(PLATFORMS) - set(CLOUDS)))
def test_without_a_cloud_no_pod_needs_a_service_account(platform):
    found = pods(PLATFORMS[platform], "125m-cpu")
    assert not any("serviceAccountName" in pod["spec"] for _, pod in found)


def test_on_azure_a_pod_asks_for_its_identity_by_a_label():
    for _, pod in pods(PLATFORMS["aks"], "7b-gpu"):
        assert pod["metadata"]["labels"]["azure.workload.identity/use"] == "true"


def test_on_azure_the_label_is_not_part_of_a_selector():
    for child in children(PLATFORMS["aks"], "7b-gpu"):
        selector = child.get("spec", {}).get("selector", {})
        assert "azure" not in str(selector)


@every_platform
def test_a_dataset_is_read_only_for_trainers_and_notebooks(platform):
    for _, pod in pods(PLATFORMS[platform], "125m-cpu"):
        spec = pod["spec"]
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            if container["name"] in {"trainer", "notebook"}:
                at = [e for e in container.get("volumeMounts", []) if e["mountPath"] == "/data"]
                assert all(each["readOnly"] for each in at)


@every_platform
def test_no_pod_but_a_builder_may_gain_privileges(platform):
    for _, pod in pods(PLATFORMS[platform], "7b-gpu"):
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            if container["name"] != "builder":
                assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_the_settings_of_a_platform_are_not_the_defaults_by_mistake():
    assert all(settings != Settings() for settings in PLATFORMS.values())
