"""Settings: every key has a default, and a wrong one is reported with what is legal."""

from pathlib import Path

import pytest
import yaml

from hooks.settings import InvalidSettingsError, Settings, load

SHIPPED = Path(__file__).parents[2] / "metacontroller" / "settings.yaml"


def test_an_empty_file_gives_the_defaults():
    assert load("", source="x") == Settings()


def test_the_shipped_settings_are_the_defaults():
    assert load(SHIPPED.read_text(), source="x") == Settings()


WRONG = {
    "an unknown key": (
        "registri: {}",
        "x: registri is not a setting (got {}); did you mean registry?",
    ),
    "a key that is like none": (
        "xyz: {}",
        (
            "x: xyz is not a setting (got {}); legal here are builder, claims, compute, git, "
            "identity, jobs, patchable, patches, pods, proxy, registry, "
            "resources, runtimes, server, sources, storage"
        ),
    ),
    "an unknown key of a list": (
        "compute: {spot: {tolerations: [{kay: 1}]}}",
        (
            "x: compute.spot.tolerations.0.key is missing: the taint's key; "
            "compute.spot.tolerations.0.kay is not a setting (got 1); "
            "did you mean key?"
        ),
    ),
    "a limit below what an object with its children may need": (
        "server: {bodyMiB: 15}",
        "x: server.bodyMiB: Input should be greater than or equal to 16 (got 15)",
    ),
    "a value of the wrong type": (
        "registry: {insecure: perhaps}",
        'x: registry.insecure must be true or false (got "perhaps")',
    ),
    "a long value": (
        f"builder: {{type: {'a' * 200}}}",
        f'(got "{"a" * 59}… (202 characters))',
    ),
    "a storage that is not described": (
        "storage: {type: gcs}",
        "x: storage: type is gcs, so the section gcs is needed beside it",
    ),
    "a container that nothing reaches": (
        "storage: {type: azure, azure: {account: abc, container: data}}",
        "x: storage.azure: needs exactly one of secretName and claimName",
    ),
    "a certificate for a registry without TLS": (
        "registry: {insecure: true, ca: '-----BEGIN CERTIFICATE-----'}",
        "x: registry: has insecure and ca: an authority counts only where TLS is checked",
    ),
    "an account of another cloud": (
        "identity: {type: eks, accounts: {notebook: a@b.iam.gserviceaccount.com}}",
        (
            "accounts.notebook is 'a@b.iam.gserviceaccount.com', but must be an IAM role "
            "such as arn:aws:iam::123456789012:role/loader"
        ),
    ),
    "an account of a role that there is not": (
        "identity: {type: gke, accounts: {trainer: a@b.iam.gserviceaccount.com}}",
        "x: identity.accounts.trainer",
    ),
    "accounts without a cloud": (
        "identity: {accounts: {notebook: x}}",
        "x: identity: has accounts, so type must be one of gke, eks and aks",
    ),
    "a scheme in the registry": (
        "registry: {url: 'https://r'}",
        "x: registry.url: String should match pattern",
    ),
    "an unknown storage": (
        "storage: {type: floppy}",
        'x: storage.type: must be one of pvc, gcs, s3, azure (got "floppy")',
    ),
    "an unknown builder": (
        "builder: {type: make}",
        'x: builder.type: must be one of buildah, buildkit, kaniko (got "make")',
    ),
    "an amount that is not canonical": ("claims: {datasetSize: 1.5Gi}", "claims.datasetSize"),
    "no GPUs on a node": (
        "compute: {accelerators: [{name: a, memoryGiB: 1, maxPerNode: 0}]}",
        "compute.accelerators.0.maxPerNode: Input should be greater than 0",
    ),
    "a list": ("- a", "x must hold a map of settings"),
    "no YAML": ("a: [", "x is not YAML"),
    "a section twice": ("storage: {}\nstorage: {}", "the key 'storage' occurs twice"),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_reported(text, sentence):
    with pytest.raises(InvalidSettingsError) as refused:
        load(text, source="x")
    assert sentence in str(refused.value)


WHOLE = {
    "an unknown key of a section": (
        "registry: {kay: 1}",
        (
            "x: registry.kay is not a setting (got 1); legal here are ca, insecure, mirrors, "
            "pullSecrets, pushSecret, url"
        ),
    ),
    "a word for a duration": (
        "jobs: {keepFinished: soon}",
        'x: jobs.keepFinished: must be a duration such as 24h, 90m or 1h30m (got "soon")',
    ),
    "a number for a duration": (
        "jobs: {keepFinished: 5}",
        "x: jobs.keepFinished: must be a duration such as 24h, 90m or 1h30m (got 5)",
    ),
    "an unknown storage": (
        "storage: {type: floppy}",
        'x: storage.type: must be one of pvc, gcs, s3, azure (got "floppy")',
    ),
    "a value that is just short enough to be shown": (
        f"registry: {'a' * 58}",
        f'x: registry must be a map (got "{"a" * 58}")',
    ),
    "a letter with an accent": ("registry: é", 'x: registry must be a map (got "é")'),
    "a text": (
        "registry",
        "x must hold a map of settings such as 'registry: {url: …}', not a str.",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WHOLE.values(), ids=WHOLE)
def test_it_is_said_which_key_which_value_and_what_is_legal_and_no_more(text, sentence):
    with pytest.raises(InvalidSettingsError) as refused:
        load(text, source="x")
    assert str(refused.value) == sentence


def test_where_a_pattern_is_not_matched_it_is_said_what_the_key_means():
    with pytest.raises(InvalidSettingsError) as refused:
        load("registry: {url: 'https://r'}", source="x")
    assert str(refused.value).endswith(
        '(got "https://r"): host, port and path before every image\'s name, without a scheme'
    )


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
