"""What a value may not be: no value of any type breaks a check, and each refuses what it is for."""

import pytest
from hypothesis import given
from legal import VALUE

from hooks.patches import Shared, checks

CHECKS = [
    checks.secret,
    checks.claim,
    checks.mount_path,
    checks.device_variable,
    checks.host,
    checks.profile,
    checks.root,
    checks.priority_class,
    checks.runtime_class,
    checks.service_type,
]
SHARED = Shared(
    secrets=frozenset({"push"}),
    claims=frozenset({"bucket"}),
    restricted=True,
    priority_classes=("batch",),
    runtime_classes=("gvisor",),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_value_of_any_type_is_judged(check):
    @given(value=VALUE)
    def judged(value):
        assert isinstance(check(value, SHARED), str | None)

    judged()


JUDGED = [
    (checks.secret, "push", "the settings name this Secret"),
    (checks.secret, "mine", None),
    (checks.claim, "bucket", "the settings name this claim"),
    (checks.claim, "a-dataset", "by its name the claim is a Dataset's, a Model's or a Notebook's"),
    (checks.claim, "a-notebook", "by its name the claim is a Dataset's, a Model's or a Notebook's"),
    (checks.claim, "a-model-0123456789", "by its name the claim is a Dataset's, a Model's or a"),
    (checks.claim, "a-model-012345678", None),
    (checks.claim, "a-model-x0123456789", None),
    (checks.claim, "dataset", None),
    (checks.claim, "mine", None),
    (checks.mount_path, "/mnt", None),
    (checks.mount_path, "/mnt/", None),
    (checks.mount_path, "/mnt/a/b", None),
    (checks.mount_path, "/scratch/a", None),
    (
        checks.mount_path,
        "/mnt2",
        "a patch mounts at /cache, /dev/shm, /mnt, /root/.cache, /scratch",
    ),
    (checks.mount_path, "/mnt/../usr", "a patch mounts at"),
    (checks.mount_path, "mnt", "a patch mounts at"),
    (checks.mount_path, "/usr/bin", "a patch mounts at"),
    (checks.mount_path, "/", "a patch mounts at"),
    (checks.device_variable, "NVIDIA_VISIBLE_DEVICES", "the variable gives devices; ask for them"),
    (checks.device_variable, "NVIDIA_MIG_CONFIG_DEVICES", "the variable gives devices"),
    (checks.device_variable, "HABANA_VISIBLE_MODULES", "the variable gives devices"),
    (checks.device_variable, "CUDA_VISIBLE_DEVICES", None),
    (checks.device_variable, "NVIDIA_TF32_OVERRIDE", None),
    (checks.host, {"httpGet": {"host": "10.0.0.1"}}, "it has a host, which the node would call"),
    (checks.host, {"preStop": {"tcpSocket": {"host": "a"}}}, "it has a host"),
    (checks.host, {"httpGet": {"path": "/host", "port": "host"}}, None),
    (checks.host, {"exec": {"command": ["host"]}}, None),
    (checks.profile, {"type": "RuntimeDefault"}, None),
    (checks.profile, {"type": "Unconfined"}, "it is not RuntimeDefault"),
    (checks.profile, {"type": "Localhost", "localhostProfile": "a"}, "it is not RuntimeDefault"),
    (checks.profile, None, None),
    (checks.root, 0, "the settings ask for restricted, which has no root"),
    (checks.root, False, "the settings ask for restricted, which has no root"),
    (checks.root, 1000, None),
    (checks.root, True, None),
    (checks.root, None, None),
    (checks.priority_class, "batch", None),
    (checks.priority_class, "system-node-critical", "patchable.priorityClassNames in the settings"),
    (checks.priority_class, None, "patchable.priorityClassNames in the settings does not list it"),
    (checks.runtime_class, "gvisor", None),
    (checks.runtime_class, "runc", "patchable.runtimeClassNames in the settings does not list it"),
    (checks.service_type, "NodePort", None),
    (checks.service_type, None, None),
    (checks.service_type, "ExternalName", "it is none of ClusterIP, NodePort, LoadBalancer"),
]


@pytest.mark.parametrize(("check", "value", "said"), JUDGED, ids=str)
def test_it_is_judged(check, value, said):
    found = check(value, SHARED)
    assert found == said if said is None else str(found).startswith(said)


@pytest.mark.parametrize("value", [0, False])
def test_root_may_be_where_the_settings_ask_for_baseline(value):
    assert checks.root(value, Shared()) is None


CONTEXT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
LACKING = {
    "allowPrivilegeEscalation": "allowPrivilegeEscalation: false",
    "capabilities": "capabilities.drop: [ALL]",
    "runAsNonRoot": "runAsNonRoot: true",
    "seccompProfile": "seccompProfile.type: RuntimeDefault",
}


@pytest.mark.parametrize(("key", "said"), LACKING.items())
def test_a_new_container_needs_each_part_of_the_context_of_restricted(key, said):
    context = {name: value for name, value in CONTEXT.items() if name != key}
    found = checks.unrestricted({"securityContext": context}, SHARED)
    assert found == f"under restricted its securityContext needs {said}"


def test_a_new_container_with_all_of_it_is_taken():
    assert checks.unrestricted({"securityContext": CONTEXT}, SHARED) is None


def test_it_may_not_be_root_by_its_number():
    found = checks.unrestricted({"securityContext": {**CONTEXT, "runAsUser": 0}}, SHARED)
    assert found == "under restricted its securityContext needs runAsUser other than 0"


def test_under_baseline_it_needs_none():
    assert checks.unrestricted({}, Shared()) is None
