"""What `check` says of settings that leave something shared between namespaces."""

import pytest
import yaml
from objects import DATASET

from cli.commands import run
from hooks.settings import Settings, load
from substratus.commands.check.tenants import shared

TWO = ["team-a", "team-b"]
PAGE = "docs/tenants.md says how to part it."
ACCOUNT = "builder@my-project.iam.gserviceaccount.com"
AZURE = {"account": "company", "container": "data"}
SHARED = {
    "a bucket of Google": (
        {"storage": {"gcs": {"bucket": "data"}}},
        "the bucket data",
    ),
    "a bucket of S3": (
        {"storage": {"s3": {"bucket": "data", "claimName": "all"}}},
        "the bucket data: the claim all is of all of it",
    ),
    "a key of Azure": (
        {"storage": {"azure": {**AZURE, "secretName": "key"}}},
        "the key of the storage account company, if Secret key is the same in each",
    ),
    "a container of Azure": (
        {"storage": {"azure": {**AZURE, "claimName": "all"}}},
        "the container data",
    ),
    "a push Secret": (
        {"registry": {"url": "registry.example.com/a", "pushSecret": "push"}},
        "every repository of registry.example.com/a, if Secret push is the same in each",
    ),
    "accounts": (
        {"identity": {"type": "gke", "accounts": {"notebook": ACCOUNT, "model-server": ACCOUNT}}},
        "the accounts of the roles model-server, notebook, with all that they may do",
    ),
}


@pytest.mark.parametrize(("settings", "what"), SHARED.values(), ids=SHARED)
def test_it_says_what_is_shared(settings, what):
    found = shared(load(yaml.safe_dump(settings), source="settings"), TWO)
    assert found == [f"2 namespaces share {what}. {PAGE}"]


def test_one_namespace_shares_nothing():
    settings = load(yaml.safe_dump(SHARED["a bucket of Google"][0]), source="settings")
    assert shared(settings, ["team-a", "team-a"]) == []


def test_the_defaults_share_nothing():
    assert shared(Settings(), TWO) == []


def test_check_says_it_and_is_content(tmp_path):
    documents = [
        {**DATASET, "metadata": {"name": "squad", "namespace": namespace}} for namespace in TWO
    ]
    objects, settings = tmp_path / "objects.yaml", tmp_path / "settings.yaml"
    objects.write_text(yaml.safe_dump_all(documents))
    settings.write_text(yaml.safe_dump(SHARED["a push Secret"][0]))
    found = run("check", "-f", str(objects), "--platform", str(settings))
    assert found.exit_code == 0
    assert "note: 2 namespaces share every repository of registry.example.com/a" in found.stderr
