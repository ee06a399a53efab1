"""Patches on the real API server: those that go through, and those that must not."""

import json

import pytest
from audit import as_text
from readiness import ready, wait_all_ready, wait_ready_is

GIT = {"git": {"url": "https://github.com/substratusai/model-facebook-opt-125m"}}
POD = "/spec/template/spec"
MAIN = f"{POD}/containers/0"


def manifest(kind, name, spec):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


MODEL = manifest("Model", "opt", {"source": GIT})
SERVER = manifest("ModelServer", "opt", {"modelName": "opt"})
QUEUED = manifest(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "queue": "team-a", "source": GIT},
)
"""A Dataset whose build waits forever, so that there is a Job that is not over."""

REFUSED = [
    ("StatefulSet", "replace", "/metadata/name", "x"),
    ("StatefulSet", "add", "/metadata/ownerReferences", [{"name": "x", "uid": "x"}]),
    ("StatefulSet", "replace", "/metadata/labels/substratus.ai~1modelserver", "x"),
    ("StatefulSet", "replace", "/spec/selector/matchLabels", {"app": "x"}),
    ("StatefulSet", "replace", "/spec/replicas", 9),
    ("StatefulSet", "replace", f"{MAIN}/image", "example.com/other:1"),
    ("StatefulSet", "add", f"{MAIN}/env", [{"name": "A", "value": "b"}]),
    ("StatefulSet", "add", f"{POD}/volumes", [{"name": "x", "hostPath": {"path": "/"}}]),
    ("StatefulSet", "replace", f"{POD}/nothing", "x"),
    ("StatefulSet", "add", f"{POD}/tolerations", []),
    ("StatefulSet", "replace", f"{MAIN}/resources/requests/memory", "2048Mi"),
    ("Service", "replace", "/spec/selector", {"app": "x"}),
]
"""Twelve, each of another kind of fault."""
JOB_REFUSED = [
    ("add", "/spec/suspend", False),
    ("replace", f"{MAIN}/args", ["x"]),
    ("add", "/spec/ttlSecondsAfterFinished", 1),
    ("replace", "/metadata/labels/substratus.ai~1run", "x"),
]


def patch(cluster, namespace, resource, name, patches):
    text = json.dumps({"spec": {"patches": patches}})
    cluster.kubectl(
        "patch",
        f"{resource}.substratus.ai",
        name,
        "--type=merge",
        f"--patch={text}",
        f"--namespace={namespace}",
    )


def one(kind, *operations):
    made = [{"op": op, "path": path, "value": value} for op, path, value in operations]
    return [{"target": {"kind": kind}, "operations": made}]


@pytest.fixture(scope="module")
def place(cluster, stack):
    """A namespace with a server that runs, and a Dataset whose build waits."""
    name = "patches"
    metadata = {"name": name, "labels": {"substratus.ai/e2e": "namespace"}}
    cluster.apply_objects({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    cluster.apply_objects(MODEL, SERVER, namespace=name)
    wait_all_ready(cluster, name)
    cluster.apply_objects(QUEUED, namespace=name)
    wait_ready_is(cluster, "datasets", "squad", ("False", "Queued"), namespace=name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def unpatched(place, cluster, stack):
    """The namespace; afterwards nothing in it has patches any longer."""
    stack.recorder.wait_quiet(0.5)
    yield place
    patch(cluster, place, "modelservers", "opt", None)
    patch(cluster, place, "datasets", "squad", None)
    wait_ready_is(cluster, "modelservers", "opt", ("True", "Serving"), namespace=place)
    wait_ready_is(cluster, "datasets", "squad", ("False", "Queued"), namespace=place)


def children(cluster, namespace):
    """Return what may not change: each child with its uid and version, and the server's Pod."""
    found = [
        *cluster.get("statefulsets", "", namespace),
        *cluster.get("services", "", namespace),
        *cluster.get("jobs", "", namespace),
        *cluster.get("pods", "", namespace),
    ]
    return sorted((each["metadata"]["uid"], each["metadata"]["resourceVersion"]) for each in found)


@pytest.mark.parametrize(
    ("kind", "op", "pointer", "value"), REFUSED, ids=[each[2] for each in REFUSED]
)
def test_a_patch_is_refused_and_the_running_server_untouched(
    unpatched, cluster, stack, audit, kind, op, pointer, value
):
    before, since = children(cluster, unpatched), audit.mark()
    patch(cluster, unpatched, "modelservers", "opt", one(kind, (op, pointer, value)))
    found = wait_ready_is(
        cluster, "modelservers", "opt", ("False", "InvalidPatch"), namespace=unpatched
    )
    assert ready(found)[2].startswith(f"spec.patches[0].operations[0] ({op} {pointer})")
    stack.recorder.wait_quiet(0.5)
    assert children(cluster, unpatched) == before
    writes = audit.writes(since, namespace=unpatched)
    assert {each["objectRef"]["resource"] for each in writes} == {"modelservers"}  # its status


@pytest.mark.parametrize(
    ("op", "pointer", "value"), JOB_REFUSED, ids=[each[1] for each in JOB_REFUSED]
)
def test_a_patch_is_refused_and_the_job_untouched(
    unpatched, cluster, stack, audit, op, pointer, value
):
    before, since = children(cluster, unpatched), audit.mark()
    patch(cluster, unpatched, "datasets", "squad", one("Job", (op, pointer, value)))
    found = wait_ready_is(
        cluster, "datasets", "squad", ("False", "InvalidPatch"), namespace=unpatched
    )
    assert ready(found)[2].startswith(f"spec.patches[0].operations[0] ({op} {pointer})")
    stack.recorder.wait_quiet(0.5)
    assert children(cluster, unpatched) == before
    writes = audit.writes(since, namespace=unpatched)
    assert {each["objectRef"]["resource"] for each in writes} == {"datasets"}


def test_a_patch_goes_through_and_is_a_fixed_point(unpatched, cluster, stack, audit):
    patches = [
        *one(
            "StatefulSet",
            ("add", f"{POD}/terminationGracePeriodSeconds", 5),
            ("add", f"{POD}/tolerations", [{"key": "team", "operator": "Exists"}]),
            ("add", f"{POD}/volumes", [{"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}}]),
            (
                "add",
                f"{POD}/initContainers",
                [
                    {
                        "name": "side",
                        "image": "example.com/side:1",
                        "restartPolicy": "Always",
                        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
                    }
                ],
            ),
            ("replace", f"{MAIN}/resources/requests/memory", "4Gi"),
        ),
        *one("Service", ("add", "/metadata/annotations", {"team": "a"})),
    ]
    patch(cluster, unpatched, "modelservers", "opt", patches)

    def through():
        (found,) = cluster.get("statefulsets", "opt-modelserver", unpatched)
        return found["spec"]["template"]["spec"].get("terminationGracePeriodSeconds") == 5

    cluster.wait("the StatefulSet to be patched", through)
    wait_ready_is(cluster, "modelservers", "opt", ("True", "Serving"), namespace=unpatched)
    stack.recorder.wait_quiet()
    since = audit.mark()
    cluster.kubectl(
        "annotate", "modelservers.substratus.ai", "opt", "touched=yes", f"--namespace={unpatched}"
    )
    stack.recorder.wait_quiet()
    assert [as_text(each) for each in audit.writes(since, namespace=unpatched)] == []


def test_a_complete_job_is_not_run_again_for_a_patch(unpatched, cluster, stack, audit):
    jobs = {each["metadata"]["uid"] for each in cluster.get("jobs", "", unpatched)}
    priority = ("add", f"{POD}/terminationGracePeriodSeconds", 5)
    patch(cluster, unpatched, "models", "opt", one("Job", priority))
    stack.recorder.wait_quiet()
    assert {each["metadata"]["uid"] for each in cluster.get("jobs", "", unpatched)} == jobs
    patch(cluster, unpatched, "models", "opt", None)
