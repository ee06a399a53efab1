"""The service accounts of a Namespace, and what a cloud reads on them."""

import json

import pytest
from calls import NOW

from hooks.server import dispatch
from hooks.settings import Settings
from hooks.step import AccountRole

NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "team", "uid": "u", "labels": {"substratus.ai/enabled": "true"}},
}


def accounts(identity=None):
    """Return the attachments by name, as the DecoratorController's hook answers."""
    call = {"object": NAMESPACE, "attachments": {"ServiceAccount.v1": {}}}
    settings = Settings.model_validate({"identity": identity} if identity else {})
    body = dispatch.call("/namespaces/sync", json.dumps(call).encode(), settings=settings, now=NOW)
    return {each["metadata"]["name"]: each for each in json.loads(body)["attachments"]}


def test_there_is_one_for_each_role():
    assert set(accounts()) == set(AccountRole)


def test_none_has_a_token_of_the_cluster():
    assert {each["automountServiceAccountToken"] for each in accounts().values()} == {False}


def test_without_a_cloud_none_is_annotated():
    assert not any("annotations" in each["metadata"] for each in accounts().values())


CLOUDS = {
    "gke": ("loader@p.iam.gserviceaccount.com", "iam.gke.io/gcp-service-account"),
    "eks": ("arn:aws:iam::123456789012:role/loader", "eks.amazonaws.com/role-arn"),
    "aks": ("0a1b2c3d-0000-4000-8000-000000000001", "azure.workload.identity/client-id"),
}


@pytest.mark.parametrize(("cloud", "account", "key"), [(c, *v) for c, v in CLOUDS.items()])
def test_an_account_of_the_cloud_is_an_annotation(cloud, account, key):
    found = accounts({"type": cloud, "accounts": {"data-loader": account}})
    assert found["data-loader"]["metadata"]["annotations"] == {key: account}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_role_without_an_account_is_not_annotated(cloud):
    found = accounts({"type": cloud, "accounts": {"data-loader": CLOUDS[cloud][0]}})
    assert "annotations" not in found["notebook"]["metadata"]
