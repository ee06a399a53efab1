"""What is installed on a cluster agrees with the code."""

import re
from pathlib import Path

import pytest
import yaml

from hooks.server import dispatch, probes
from substratus.manifests import controllers, crds

ROOT = Path(__file__).parents[2]
PLURALS = {
    "jobs": "Job",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "configmaps": "ConfigMap",
    "statefulsets": "StatefulSet",
    "services": "Service",
}
COMPOSITES = {
    each["spec"]["parentResource"]["resource"]: each
    for each in controllers()
    if each["kind"] == "CompositeController"
}


def deployment():
    return yaml.safe_load((ROOT / "metacontroller" / "deployment.yaml").read_text())


@pytest.mark.parametrize("kind", dispatch.KINDS)
def test_a_controller_declares_the_children_that_the_hooks_expect(kind):
    declared = {
        f"{PLURALS[each['resource']]}.{each['apiVersion']}"
        for each in COMPOSITES[kind]["spec"]["childResources"]
    }
    assert declared == dispatch.KINDS[kind].format.children


@pytest.mark.parametrize("kind", dispatch.KINDS)
@pytest.mark.parametrize("hook", ["sync", "customize"])
def test_a_controller_calls_a_hook_that_is_there(kind, hook):
    given = COMPOSITES[kind]["spec"]["hooks"][hook]
    assert given["version"] == "v2"
    assert "/" + given["webhook"]["url"].split("/", 3)[3] in dispatch.HOOKS


@pytest.mark.parametrize("kind", dispatch.KINDS)
def test_jobs_are_never_updated_and_all_else_is_in_place(kind):
    methods = {
        each["resource"]: each["updateStrategy"]["method"]
        for each in COMPOSITES[kind]["spec"]["childResources"]
    }
    assert methods == {name: "OnDelete" if name == "jobs" else "InPlace" for name in methods}


def test_there_is_a_crd_for_each_controller():
    assert {each["spec"]["names"]["plural"] for each in crds()} == COMPOSITES.keys()


def test_another_address_is_in_every_hook():
    for each in controllers("http://127.0.0.1:8090/"):
        for hook in each["spec"]["hooks"].values():
            assert hook["webhook"]["url"].startswith("http://127.0.0.1:8090/")


def test_the_hook_server_fits_pod_security_restricted():
    pod = deployment()["spec"]["template"]["spec"]
    container = pod["containers"][0]["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert container["readOnlyRootFilesystem"] is True


def test_the_hook_server_holds_no_credentials():
    assert deployment()["spec"]["template"]["spec"]["automountServiceAccountToken"] is False


def test_there_are_two_replicas_and_one_may_always_be_away():
    budget = yaml.safe_load((ROOT / "metacontroller" / "disruption-budget.yaml").read_text())
    assert (deployment()["spec"]["replicas"], budget["spec"]["minAvailable"]) == (2, 1)


def test_metacontroller_may_do_what_the_controllers_ask_for():
    roles = yaml.safe_load_all((ROOT / "metacontroller" / "rbac.yaml").read_text())
    rules = next(iter(roles))["rules"]
    writable = {
        resource
        for rule in rules
        if {"create", "update", "delete"} <= set(rule["verbs"])
        for resource in rule["resources"]
    }
    assert PLURALS.keys() | {"serviceaccounts"} <= writable


def document(name):
    return yaml.safe_load((ROOT / "metacontroller" / name).read_text())


def container():
    (found,) = deployment()["spec"]["template"]["spec"]["containers"]
    return found


def test_two_versions_never_answer_at_a_time():
    assert deployment()["spec"]["strategy"] == {"type": "Recreate"}


def test_probes_ask_the_port_that_the_image_has_for_them():
    ports = {each["name"]: each["containerPort"] for each in container()["ports"]}
    assert f"PROBES_BIND=0.0.0.0:{ports['probes']}" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("probe", ["readinessProbe", "livenessProbe"])
def test_a_probe_asks_for_what_there_is(probe):
    asked = container()[probe]["httpGet"]
    assert (asked["port"], asked["path"] in probes.PATHS) == ("probes", True)


def test_only_metacontrollers_namespace_is_let_in():
    spec = document("network-policy.yaml")["spec"]
    (rule,) = spec["ingress"]
    names = {"matchLabels": {"kubernetes.io/metadata.name": "metacontroller"}}
    assert rule == {"from": [{"namespaceSelector": names}], "ports": [{"port": "http"}]}


def test_no_connection_leaves_the_hooks():
    spec = document("network-policy.yaml")["spec"]
    assert ("Egress" in spec["policyTypes"], "egress" in spec) == (True, False)


@pytest.mark.parametrize("component", sorted((ROOT / "metacontroller" / "components").iterdir()))
def test_each_component_is_named_where_it_is_chosen(component):
    assert (
        f"#   - components/{component.name}\n"
        in (ROOT / "metacontroller" / "kustomization.yaml").read_text()
    )


VARIABLES = re.compile(r"name: ([A-Z_]+)\n")


@pytest.mark.parametrize(
    "variable",
    [
        variable
        for file in (ROOT / "metacontroller").rglob("*.yaml")
        for variable in VARIABLES.findall(file.read_text())
    ],
)
def test_each_variable_of_the_deployment_is_read_by_the_server(variable):
    sources = "".join(each.read_text() for each in (ROOT / "hooks" / "server").glob("*.py"))
    assert f'os.environ.get("{variable}"' in sources
