"""`substratus install`: what it prints is what the repository's files hold."""

from pathlib import Path

import yaml
from yaml_files import parsed

from cli.commands import run
from substratus.manifests import controllers, crds, platforms

ROOT = Path(__file__).parents[2]


def installed(*arguments):
    return parsed(run("install", *arguments).stdout)


def of_kind(kind, *arguments):
    return [each for each in installed(*arguments) if each["kind"] == kind]


def written():
    """Return the manifests that `kubectl apply -k metacontroller/` applies, but for settings."""
    directory = ROOT / "metacontroller"
    names = yaml.safe_load((directory / "kustomization.yaml").read_text())["resources"]
    texts = [(directory / each).read_text() for each in names]
    return [each for text in texts for each in yaml.safe_load_all(text) if each]


def identities(manifests):
    return sorted((each["kind"], each["metadata"]["name"]) for each in manifests)


def test_everything_is_the_crds_the_manifests_and_the_settings():
    others = [each for each in installed() if each["kind"] != "ConfigMap"]
    assert identities(others) == identities([*crds(), *written()])


def test_no_document_is_empty():
    assert all(installed())


def test_the_namespace_comes_before_what_is_in_it():
    kinds = [each["kind"] for each in installed("manifests")]
    assert kinds[0] == "Namespace"


def test_the_crds_alone():
    assert installed("crds") == crds()


def test_the_controllers_are_among_the_manifests():
    found = [each for each in installed("manifests") if each in controllers()]
    assert found == controllers()


def test_the_settings_of_a_platform_are_its_file():
    assert run("install", "settings", "--platform", "gke").stdout == platforms()["gke"].read_text()


def test_the_hook_server_mounts_the_settings_of_the_platform():
    (settings,) = of_kind("ConfigMap", "--platform", "eks")
    (deployment,) = of_kind("Deployment", "--platform", "eks")
    assert settings["data"]["settings.yaml"] == platforms()["eks"].read_text()
    volumes = {each["name"]: each for each in deployment["spec"]["template"]["spec"]["volumes"]}
    assert volumes["settings"]["configMap"]["name"] == settings["metadata"]["name"]


def test_other_settings_have_another_name_so_that_the_hook_server_is_rolled():
    names = {
        of_kind("ConfigMap", "--platform", each)[0]["metadata"]["name"] for each in ("gke", "eks")
    }
    assert len(names) == 2


def test_another_image_is_the_hook_servers():
    (deployment,) = of_kind("Deployment", "--image", "registry.team.io/hooks:1")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.team.io/hooks:1"


def test_what_is_still_an_examples_is_named():
    said = run("install", "--platform", "gke").stderr
    assert "storage.gcs.bucket (my-project-substratus)" in said


def test_every_example_but_the_laptops_names_what_to_put_in():
    silent = [each for each in platforms() if not run("install", "--platform", each).stderr]
    assert silent == ["local"]
