"""Platforms on a real API server: what it takes, what Pod Security admits, whose accounts stay."""

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from rendering import children, pods

from hooks.children.service_account import make_service_account
from hooks.observe.podless import podless
from hooks.settings import Pods, Settings, load
from hooks.step import AccountRole, Step
from substratus.manifests import platforms

PLATFORMS = {name: load(path.read_text(), source=name) for name, path in platforms().items()}
EXAMPLES = ("125m-cpu", "40b-gpu", "7b-gpu", "hub-7b-gpu", "hub-cpu", "storage", "tiny/tiny")
SECURITY = ("baseline", "restricted")


@pytest.fixture(scope="module")
def secured(cluster):
    """Namespaces that enforce a Pod Security Standard, with the service accounts."""
    for level in SECURITY:
        labels = {"pod-security.kubernetes.io/enforce": level}
        metadata = {"name": f"pods-{level}", "labels": labels}
        cluster.apply_objects({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        accounts = [
            make_service_account(role, f"pods-{level}", Settings().identity) for role in AccountRole
        ]
        default = {**accounts[0], "metadata": {"name": "default", "namespace": f"pods-{level}"}}
        cluster.apply_objects(*accounts, default, namespace=f"pods-{level}")
    return cluster


def dry_run(cluster, objects):
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    return cluster.kubectl(
        "create", "--dry-run=server", "--validate=strict", "--filename=-", text=text, check=False
    )


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_api_server_takes_every_child(cluster, platform, example):
    found = [
        {**child, "metadata": {**child["metadata"], "namespace": "default"}}
        for child in children(PLATFORMS[platform], example)
    ]
    said = dry_run(cluster, found)
    assert said.count("created (server dry run)") == len(found), said


def refused(cluster, platform, level, *, security):
    """Return the steps whose Pods the API server refuses there, with Pods of this security."""
    settings = PLATFORMS[platform].model_copy(update={"pods": Pods(security=security)})
    made = {
        f"{step}-{index}": {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"{step}-{index}", "namespace": f"pods-{level}"},
            "spec": template["spec"],
        }
        for index, (step, template) in enumerate(pods(settings))
    }
    said = dry_run(cluster, list(made.values()))
    taken = {name for name in made if f"pod/{name} created (server dry run)" in said}
    assert said.count("violates PodSecurity") == len(made) - len(taken), said
    return {name.partition("-")[0] for name in made if name not in taken}


@pytest.mark.parametrize("security", SECURITY)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_pod_security_baseline_admits_every_pod(secured, platform, security):
    assert refused(secured, platform, "baseline", security=security) == set()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_pod_security_restricted_admits_every_pod_but_a_builder(secured, platform):
    assert refused(secured, platform, "restricted", security="restricted") == {
        "build",
        "trainer",
        "package",
    }


def test_without_the_setting_restricted_refuses_the_pods_of_users(secured):
    found = refused(secured, "onprem", "restricted", security="baseline")
    assert found == {*Step}


def accounts(cluster, namespace):
    found = cluster.get("serviceaccounts", namespace=namespace)
    return {
        each["metadata"]["name"]: each
        for each in found
        if each["metadata"]["name"] in set(AccountRole)
    }


def label(cluster, namespace, change):
    cluster.kubectl("label", "namespace", namespace, f"substratus.ai/enabled{change}")


def test_service_accounts_come_with_the_label_and_stay_when_it_goes(cluster, stack, namespace):
    label(cluster, namespace, "=true")
    cluster.wait("service accounts", lambda: set(accounts(cluster, namespace)) == set(AccountRole))
    before = {name: each["metadata"]["uid"] for name, each in accounts(cluster, namespace).items()}
    stack.recorder.wait_quiet()
    calls = len(stack.recorder.calls)
    label(cluster, namespace, "-")
    cluster.kubectl("label", "namespace", namespace, "after=true")
    stack.recorder.wait_quiet()
    assert {
        name: each["metadata"]["uid"] for name, each in accounts(cluster, namespace).items()
    } == before
    assert not [call for call in stack.recorder.calls[calls:] if "namespaces" in call.path]


def test_a_service_account_that_goes_while_the_label_is_there_comes_back(cluster, stack, namespace):
    label(cluster, namespace, "=true")
    cluster.wait("service accounts", lambda: set(accounts(cluster, namespace)) == set(AccountRole))
    cluster.kubectl("delete", "serviceaccount", "notebook", "--namespace", namespace)
    cluster.wait("it is back", lambda: "notebook" in accounts(cluster, namespace))


def test_a_job_whose_service_account_is_missing_has_no_pod_and_says_so(cluster, namespace):
    job = next(
        {**child, "metadata": {**child["metadata"], "namespace": namespace}}
        for child in children(PLATFORMS["gke"], "125m-cpu")
        if child["kind"] == "Job" and child["metadata"]["labels"]["substratus.ai/step"] == "load"
    )
    cluster.apply_objects(job, namespace=namespace)
    name = job["metadata"]["name"]

    def started():
        (found,) = cluster.get("jobs", name, namespace)
        return found if found.get("status", {}).get("startTime") else None

    found = cluster.wait("the start of the Job", started)
    said = podless(found, datetime.now(UTC) + timedelta(minutes=2))
    assert said.startswith(f"Job {name} has no Pod: the API server refuses it.")


def test_a_change_of_the_settings_gives_the_hook_server_another_configmap(cluster, tmp_path):
    """So `kubectl apply -k` rolls the Deployment, which names the ConfigMap."""
    names = []
    for url in ("a.example.com", "b.example.com"):
        directory = tmp_path / url
        source = platforms()["local"].parents[2] / "metacontroller"
        subprocess.run(["cp", "-r", source, directory], check=True)
        (directory / "settings.yaml").write_text(f"registry: {{url: {url}}}\n")
        text = cluster.kubectl("kustomize", str(directory))
        names.append({line.split()[-1] for line in text.splitlines() if "name: settings-" in line})
    assert all(len(each) == 1 for each in names)
    assert names[0] != names[1]
