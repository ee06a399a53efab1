"""Settings: every key has a default, and a wrong one is told with its value and what is legal."""

from pathlib import Path

import pytest
import yaml

from hooks.settings import InvalidSettingsError, Settings, load

SHIPPED = Path(__file__).parents[1] / "metacontroller" / "settings.yaml"


def test_an_empty_file_gives_the_defaults():
    assert load("", source="x") == Settings()


def test_the_shipped_settings_are_the_defaults():
    assert load(SHIPPED.read_text(), source="x") == Settings()


WRONG = {
    "an unknown key": ("registri: {}", "x: registri: Extra inputs are not permitted"),
    "a scheme in the registry": ("registry: {url: 'https://r'}", "x: registry.url: "),
    "an unknown storage": (
        "storage: {type: floppy}",
        "x: storage.type: Value error, must be one of pvc (got 'floppy')",
    ),
    "an unknown builder": (
        "builder: {type: make}",
        "x: builder.type: Value error, must be one of buildkit (got 'make')",
    ),
    "an amount that is not canonical": ("claims: {datasetSize: 1.5Gi}", "claims.datasetSize"),
    "no GPUs on a node": (
        "compute: {accelerators: [{name: a, memoryGiB: 1, maxPerNode: 0}]}",
        "compute.accelerators.0.maxPerNode: Input should be greater than 0",
    ),
    "a list": ("- a", "x must hold a map of settings"),
    "no YAML": ("a: [", "x is not YAML"),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_told(text, sentence):
    with pytest.raises(InvalidSettingsError) as told:
        load(text, source="x")
    assert sentence in str(told.value)


def test_the_deployment_reads_what_the_kustomization_makes():
    directory = SHIPPED.parent
    deployment = yaml.safe_load((directory / "deployment.yaml").read_text())
    kustomization = yaml.safe_load((directory / "kustomization.yaml").read_text())
    volumes = deployment["spec"]["template"]["spec"]["volumes"]
    assert volumes[0]["configMap"]["name"] == kustomization["configMapGenerator"][0]["name"]


def test_a_patch_with_an_unknown_operation_is_refused_by_its_key():
    operation = "{op: put, path: /spec}"
    text = f"patches: [{{target: {{kind: Job}}, operations: [{operation}]}}]"
    with pytest.raises(InvalidSettingsError, match=r"patches\.0\.operations\.0\.op: Input should"):
        load(text, source="settings.yaml")
