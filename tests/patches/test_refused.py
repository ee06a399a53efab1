"""Operations that no patch may hold, each with the sentence that says why."""

import copy

import pytest
from calls import base_dataset, base_model, parent, sync

from hooks.api import Patch
from hooks.conditions import Violation
from hooks.patches import Source, apply

UPSTREAM = [base_model(), base_dataset()]
GPU = {"compute": {"types": ["GPU"]}}
TUNED = parent(
    "Model",
    "tuned",
    {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}, **GPU},
)
SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
ANSWERS = [sync(TUNED, [], UPSTREAM), sync(SERVER, [], UPSTREAM)]
CHILDREN = {each["kind"]: each for answer in ANSWERS for each in answer["children"]}
POD = "/spec/template/spec"
MAIN = f"{POD}/containers/0"


def patched(kind, *operations, trusted=False):
    patch = Patch.model_validate({"target": {"kind": kind}, "operations": operations})
    return apply(CHILDREN[kind], [Source("spec.patches", [patch], trusted=trusted)])


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def remove(path):
    return {"op": "remove", "path": path}


NEVER = [
    ("Job", replace("/kind", "Pod"), "/kind"),
    ("Job", replace("/apiVersion", "v1"), "/apiVersion"),
    ("Job", add("/status", {"succeeded": 1}), "/status"),
    ("Job", replace("/metadata/name", "x"), "/metadata/name"),
    ("Job", replace("/metadata/namespace", "x"), "/metadata/namespace"),
    ("Job", add("/metadata/generateName", "x"), "/metadata/generateName"),
    ("Job", add("/metadata/ownerReferences", [{"uid": "x"}]), "/metadata/ownerReferences"),
    ("Job", add("/metadata/finalizers", ["x/y"]), "/metadata/finalizers"),
    (
        "Job",
        replace("/metadata/labels/substratus.ai~1run", "x"),
        "/metadata/labels/substratus.ai~1run",
    ),
    ("Job", add("/metadata/labels/controller-uid", "x"), "/metadata/labels/controller-uid"),
    (
        "Job",
        add("/metadata/labels/sub.substratus.ai~1x", "x"),
        "/metadata/labels/sub.substratus.ai~1x",
    ),
    (
        "Job",
        replace("/metadata/annotations/substratus.ai~1result", "x"),
        "/metadata/annotations/substratus.ai~1result",
    ),
    (
        "Job",
        add("/metadata/annotations/metacontroller.k8s.io~1last-applied-configuration", "{}"),
        "/metadata/annotations/metacontroller.k8s.io~1last-applied-configuration",
    ),
    ("Job", add("/spec/completions", 2), "/spec/completions"),
    ("Job", add("/spec/parallelism", 2), "/spec/parallelism"),
    ("Job", add("/spec/suspend", True), "/spec/suspend"),
    ("Job", add("/spec/ttlSecondsAfterFinished", 60), "/spec/ttlSecondsAfterFinished"),
    ("Job", add("/spec/selector", {"matchLabels": {"a": "b"}}), "/spec/selector"),
    (
        "Job",
        remove("/spec/template/metadata/labels/substratus.ai~1model"),
        "/spec/template/metadata/labels/substratus.ai~1model",
    ),
    ("Job", replace(f"{POD}/restartPolicy", "OnFailure"), f"{POD}/restartPolicy"),
    ("Job", replace(f"{MAIN}/name", "x"), f"{POD}/containers[trainer]/command"),
    ("Job", replace(f"{MAIN}/image", "x"), f"{POD}/containers[trainer]/image"),
    ("Job", replace(f"{MAIN}/command", ["x"]), f"{POD}/containers[trainer]/command"),
    ("Job", add(f"{MAIN}/args", ["x"]), f"{POD}/containers[trainer]/args"),
    ("Job", add(f"{MAIN}/workingDir", "/x"), f"{POD}/containers[trainer]/workingDir"),
    ("Job", add(f"{MAIN}/env/-", {"name": "A"}), f"{POD}/containers[trainer]/env"),
    ("Job", add(f"{MAIN}/envFrom", [{"prefix": "A"}]), f"{POD}/containers[trainer]/envFrom"),
    (
        "Job",
        replace(f"{MAIN}/volumeMounts/1/subPath", "other"),
        f"{POD}/containers[trainer]/volumeMounts[/model/trained]",
    ),
    (
        "Job",
        remove(f"{MAIN}/volumeMounts/0/readOnly"),
        f"{POD}/containers[trainer]/volumeMounts[/data]",
    ),
    (
        "Job",
        add(f"{MAIN}/volumeMounts/-", {"name": "run", "mountPath": "/data/more"}),
        f"{POD}/containers[trainer]/volumeMounts[/data/more]",
    ),
    (
        "Job",
        add(f"{MAIN}/volumeMounts/-", {"name": "run", "mountPath": "/"}),
        f"{POD}/containers[trainer]/volumeMounts[/]",
    ),
    (
        "Job",
        add(f"{MAIN}/lifecycle", {"postStart": {"exec": {"command": ["x"]}}}),
        f"{POD}/containers[trainer]/lifecycle",
    ),
    (
        "Job",
        replace(f"{POD}/volumes/0/persistentVolumeClaim/claimName", "x"),
        f"{POD}/volumes[data]",
    ),
    (
        "Job",
        add(
            f"{POD}/initContainers",
            [
                {
                    "name": "x",
                    "image": "x",
                    "volumeMounts": [{"name": "run", "mountPath": "/x"}],
                }
            ],
        ),
        f"{POD}/initContainers[x]/volumeMounts[/x]",
    ),
    ("StatefulSet", replace("/spec/replicas", 2), "/spec/replicas"),
    ("StatefulSet", replace("/spec/serviceName", "x"), "/spec/serviceName"),
    ("StatefulSet", add("/spec/selector/matchLabels/a", "b"), "/spec/selector"),
    ("StatefulSet", remove("/spec/podManagementPolicy"), "/spec/podManagementPolicy"),
    (
        "StatefulSet",
        add("/spec/volumeClaimTemplates", [{"metadata": {"name": "x"}}]),
        "/spec/volumeClaimTemplates",
    ),
    (
        "StatefulSet",
        {"op": "move", "from": "/metadata/labels/served.substratus.ai~1opt",
         "path": "/metadata/labels/x"},
        "/metadata/labels/served.substratus.ai~1opt",
    ),
    ("Service", add("/spec/selector/a", "b"), "/spec/selector"),
    ("Service", replace("/spec/ports/0/port", 80), "/spec/ports[http]"),
    ("PersistentVolumeClaim", add("/spec/volumeMode", "Block"), "/spec/volumeMode"),
    ("PersistentVolumeClaim", add("/spec/dataSource", {"name": "x"}), "/spec/dataSource"),
]  # fmt: skip
HARMLESS = {"name": "x", "image": "x"}
PRIVILEGES = [
    ("Job", add(f"{POD}/serviceAccountName", "admin"), f"{POD}/serviceAccountName"),
    (
        "Job",
        replace(f"{POD}/automountServiceAccountToken", True),
        f"{POD}/automountServiceAccountToken",
    ),
    ("Job", add(f"{POD}/hostNetwork", True), f"{POD}/hostNetwork"),
    ("Job", add(f"{POD}/hostPID", True), f"{POD}/hostPID"),
    (
        "Job",
        add(f"{POD}/securityContext", {"seccompProfile": {"type": "Unconfined"}}),
        f"{POD}/securityContext/seccompProfile",
    ),
    (
        "Job",
        add(f"{POD}/volumes/-", {"name": "x", "hostPath": {"path": "/"}}),
        f"{POD}/volumes[x]/hostPath",
    ),
    (
        "Job",
        add(
            f"{POD}/volumes/-",
            {"name": "x", "projected": {"sources": [{"serviceAccountToken": {"path": "x"}}]}},
        ),
        f"{POD}/volumes[x]/projected/sources[0]/serviceAccountToken",
    ),
    (
        "StatefulSet",
        replace(f"{MAIN}/securityContext/allowPrivilegeEscalation", True),
        f"{POD}/containers[server]/securityContext",
    ),
    (
        "StatefulSet",
        add(f"{POD}/containers/-", {**HARMLESS, "securityContext": {"privileged": True}}),
        f"{POD}/containers[x]/securityContext/privileged",
    ),
    (
        "StatefulSet",
        add(
            f"{POD}/containers/-",
            {**HARMLESS, "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}},
        ),
        f"{POD}/containers[x]/securityContext/capabilities/add",
    ),
    (
        "StatefulSet",
        add(f"{POD}/containers/-", {**HARMLESS, "ports": [{"containerPort": 1, "hostPort": 1}]}),
        f"{POD}/containers[x]/ports[1]/hostPort",
    ),
    (
        "StatefulSet",
        add(f"{MAIN}/livenessProbe", {"httpGet": {"host": "169.254.169.254", "port": 80}}),
        f"{POD}/containers[server]/livenessProbe: it has a host, which the node would call",
    ),
    ("Service", add("/spec/externalIPs", ["10.0.0.1"]), "/spec/externalIPs"),
    ("PersistentVolumeClaim", add("/spec/volumeName", "pv-7"), "/spec/volumeName"),
    ("Job", add(f"{POD}/nodeName", "a"), f"{POD}/nodeName"),
]
TWICE = [{"name": "run", "mountPath": "/x"}] * 2
ILLEGAL = [
    (
        "Job",
        add(f"{POD}/containers/-", {"name": "x", "image": "x", "volumeMounts": TWICE}),
        "two of the mounts of x have one name",
    ),
    ("Job", replace("/spec", "x"), "/spec: Input should be a valid dictionary"),
    ("Job", remove("/spec/template"), "/spec/template: Field required"),
    ("Job", replace(f"{POD}/containers", {}), f"{POD}/containers: Input should be a valid list"),
    ("Job", add("/metadata/labels/x", 1), "/metadata/labels/x: Input should be a valid string"),
    ("Job", add("/metadata/annotations/x", None), "/metadata/annotations/x: Input should be"),
    ("Job", add(f"{POD}/containers/-", {"image": "x"}), f"{POD}/containers/1/name: Field required"),
    (
        "Job",
        add(f"{POD}/containers/-", {"name": "trainer", "image": "x"}),
        "two of containers have one name",
    ),
    (
        "Service",
        add("/spec/ports/-", {"name": "x", "port": 8080, "protocol": "UDP"}),
        "two of ports have one name",
    ),
    ("Job", add(f"{POD}/tolerations", []), f"{POD}/tolerations is empty"),
    ("Job", add(f"{POD}/schedulerName", ""), f"{POD}/schedulerName is empty"),
    ("Job", add(f"{POD}/affinity", None), f"{POD}/affinity is null"),
    ("Job", add(f"{POD}/terminationGracePeriodSeconds", 1.0), "is a float"),
    (
        "Job",
        replace(f"{MAIN}/resources/requests/memory", "2048Mi"),
        f"{MAIN}/resources/requests/memory is not written as the API server writes it",
    ),
    (
        "Job",
        replace(f"{MAIN}/resources/requests/cpu", 4),
        f"{MAIN}/resources/requests/cpu is not written as the API server writes it",
    ),
    (
        "PersistentVolumeClaim",
        replace("/spec/resources/requests/storage", "1.5Gi"),
        "/spec/resources/requests/storage is not written as the API server writes it",
    ),
]
UNFIT = [
    ("Job", remove("/spec/nothing"), "can't remove a non-existent object 'nothing'"),
    ("Job", replace(f"{POD}/containers/7/image", "x"), "index '7' is out of bounds"),
    ("Job", add("/spec/a/b", "x"), "member 'a' not found"),
    ("Job", {"op": "test", "path": "/spec/backoffLimit", "value": 9}, "is not equal to"),
    ("Job", {"op": "move", "path": "/spec/x", "from": "/spec/y"}, "y"),
    ("Job", add("/spec/template/metadata/labels/a/b", "x"), ""),
    ("Job", add("/spec/~2", "x"), "invalid escape"),
]


def says(kind, operation, *, trusted=False):
    """Return what is said of an operation, after the place that every message begins with."""
    before = copy.deepcopy(CHILDREN[kind])
    found = patched(kind, operation, trusted=trusted)
    assert isinstance(found, Violation)
    assert CHILDREN[kind] == before
    assert found.reason == "InvalidPatch"
    begin = f"spec.patches[0].operations[0] ({operation['op']} {operation['path']})"
    assert found.message.startswith(begin)
    return found.message.removeprefix(begin)


@pytest.mark.parametrize("trusted", [False, True], ids=["an object", "the settings"])
@pytest.mark.parametrize(("kind", "operation", "pointer"), NEVER, ids=str)
def test_no_patch_may_change(kind, operation, pointer, trusted):
    assert says(kind, operation, trusted=trusted) == f": a patch may not change {pointer}."


@pytest.mark.parametrize(("kind", "operation", "pointer"), PRIVILEGES, ids=str)
def test_only_the_settings_may_give(kind, operation, pointer):
    assert says(kind, operation) == f": only a patch of the settings may change {pointer}."
    assert isinstance(patched(kind, operation, trusted=True), dict)


@pytest.mark.parametrize(("kind", "operation", "words"), ILLEGAL, ids=str)
def test_no_patch_may_make_an_illegal_child(kind, operation, words):
    said = says(kind, operation)
    assert said.startswith(": it makes an illegal child: ")
    assert words in said


@pytest.mark.parametrize(("kind", "operation", "words"), UNFIT, ids=str)
def test_an_operation_that_does_not_apply(kind, operation, words):
    said = says(kind, operation)
    assert said.startswith(" does not apply: ")
    assert words in said


@pytest.mark.parametrize("op", ["add", "replace", "test"])
def test_an_operation_without_a_value(op):
    assert says("Job", {"op": op, "path": "/spec/backoffLimit"}) == f": {op} needs a value."


def test_the_message_names_the_operation_of_several():
    found = patched("Job", add(f"{POD}/schedulerName", "high"), remove("/spec/nothing"))
    assert found.message.startswith("spec.patches[0].operations[1] (remove /spec/nothing)")


def test_what_an_operation_takes_back_is_not_looked_at():
    """It is the outcome that counts."""
    found = patched("Job", add("/status", {"succeeded": 1}), remove("/status"))
    assert found == CHILDREN["Job"]


UNQUOTED = [
    {"op": "test", "path": f"{POD}/nodeSelector", "value": "s3cret"},
    {"op": "test", "path": "/metadata/name", "value": "s3cret"},
    add(f"{POD}/x/y/z", "s3cret"),
    replace(f"{MAIN}/resources/requests/memory", "s3cret"),
    add("/spec/a", {"b": {"c": ["s3cret", None]}}),
]


@pytest.mark.parametrize("operation", UNQUOTED, ids=str)
def test_no_value_is_quoted(operation):
    said = patched("Job", operation).message
    assert "s3cret" not in said
    assert "backoffLimit" not in said


def test_an_illegal_value_is_blamed_on_the_operation_that_put_it_there():
    found = patched("Job", add(f"{POD}/tolerations", []), add(f"{POD}/schedulerName", "high"))
    assert found.message.startswith("spec.patches[0].operations[0] (add /spec/template/spec/tol")
