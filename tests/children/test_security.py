"""Pod Security *restricted*, where the settings ask for it: every Pod but a builder's keeps it."""

import pytest
from rendering import pods

from hooks.settings import Pods, Settings

RESTRICTED = Settings(pods=Pods(security="restricted", user=4242, group=4343))
VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
BUILDS = {"build", "package", "trainer"}
OF_USERS = [(step, pod["spec"]) for step, pod in pods(RESTRICTED) if step not in BUILDS]
every_pod = pytest.mark.parametrize("spec", [spec for _, spec in OF_USERS])


def containers(spec):
    return [*spec.get("initContainers", []), *spec["containers"]]


def is_our_loader(spec):
    return spec["containers"][0]["image"] == Settings().sources.loader_image


def test_there_is_a_pod_of_every_step():
    assert {step for step, _ in OF_USERS} == {"load", "train", "serve", "notebook"}


@every_pod
def test_each_container_runs_as_the_user_and_group_of_the_settings(spec):
    for container in containers(spec):
        context = container["securityContext"]
        assert (context["runAsUser"], context["runAsGroup"]) == (4242, 4343)


@every_pod
def test_each_container_has_what_restricted_asks_for(spec):
    """As https://kubernetes.io/docs/concepts/security/pod-security-standards/ says."""
    for container in containers(spec):
        context = container["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


@every_pod
def test_volumes_are_of_types_that_restricted_allows_and_belong_to_the_group(spec):
    assert {key for each in spec.get("volumes", []) for key in each} <= {"name", *VOLUMES}
    assert spec["securityContext"]["fsGroup"] == 4343


def test_what_fetches_the_source_keeps_restricted_in_any_case():
    for step, pod in pods(Settings()):
        for container in pod["spec"].get("initContainers", []):
            if step in BUILDS:
                assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_without_it_no_user_is_asked_of_a_users_image():
    for step, pod in pods(Settings()):
        if step not in BUILDS and not is_our_loader(pod["spec"]):
            assert "securityContext" not in pod["spec"]
            assert "runAsUser" not in pod["spec"]["containers"][0]["securityContext"]
