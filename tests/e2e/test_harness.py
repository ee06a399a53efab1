"""The harness itself, with a kind and a hook of its own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from given_cluster import GivenCluster, GivenClusterError, configuration
from processes import Program
from recorder import Recorder

GROUP = "e2e.example.com"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"greetings.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"kind": "Greeting", "plural": "greetings", "singular": "greeting"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}


def greeting(text):
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Greeting",
        "metadata": {"name": "hello"},
        "spec": {"text": text},
    }


def controller(address):
    return {
        "apiVersion": "metacontroller.k8s.io/v1alpha1",
        "kind": "CompositeController",
        "metadata": {"name": "greetings"},
        "spec": {
            "generateSelector": True,
            "parentResource": {"apiVersion": f"{GROUP}/v1", "resource": "greetings"},
            "childResources": [
                {
                    "apiVersion": "v1",
                    "resource": "configmaps",
                    "updateStrategy": {"method": "InPlace"},
                }
            ],
            "hooks": {"sync": {"version": "v2", "webhook": {"url": f"{address}/greetings/sync"}}},
        },
    }


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parent = request["parent"]
        child = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": parent["metadata"]["name"]},
            "data": {"text": parent["spec"]["text"]},
        }
        answer = json.dumps({"status": {"greeted": True}, "children": [child]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def recorder(cluster):
    """A recorder before a hook that greets, with its kind and controller on the cluster."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        found = Recorder(server.server_port)
        cluster.apply_objects(CRD)
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{CRD['metadata']['name']}")
        cluster.apply_objects(controller(found.address))
        yield found
        cluster.kubectl("delete", "compositecontroller", "greetings")
        cluster.kubectl("delete", "crd", CRD["metadata"]["name"])
        found.stop()
        server.shutdown()


def text_of(cluster, namespace):
    return [each["data"]["text"] for each in cluster.get("configmaps", "hello", namespace)]


def test_metacontroller_calls_a_hook_through_the_recorder(
    cluster, metacontroller, recorder, namespace
):
    cluster.apply_objects(greeting("good morning"), namespace=namespace)
    cluster.wait("the ConfigMap", lambda: text_of(cluster, namespace) == ["good morning"])
    call = recorder.calls[0]
    assert (call.path, call.status, call.parent["name"]) == ("/greetings/sync", 200, "hello")
    assert call.request["children"] == {"ConfigMap.v1": {}}
    assert call.answer["children"][0]["data"] == {"text": "good morning"}


def test_the_audit_log_counts_what_metacontroller_writes(
    cluster, audit, metacontroller, recorder, namespace
):
    since = audit.mark()
    cluster.apply_objects(greeting("good evening"), namespace=namespace)
    cluster.wait("the ConfigMap", lambda: text_of(cluster, namespace) == ["good evening"])
    recorder.wait_quiet(0.5)
    assert audit.created(since, resource="configmaps", namespace=namespace) == ["hello"]
    assert audit.created(since, user="admin", resource="greetings") == ["hello"]


def test_a_metacontroller_that_was_killed_continues_when_it_is_started(
    cluster, metacontroller, recorder, namespace
):
    cluster.apply_objects(greeting("before"), namespace=namespace)
    cluster.wait("the ConfigMap", lambda: text_of(cluster, namespace) == ["before"])
    metacontroller.kill()
    cluster.apply_objects(greeting("after"), namespace=namespace)
    metacontroller.start()
    cluster.wait("the new text", lambda: text_of(cluster, namespace) == ["after"])


def pod(**more):
    return {"restartPolicy": "Never", "containers": [{"name": "c", "image": "none", **more}]}


def test_a_job_is_completed_by_a_fake_node(cluster, namespace):
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "job"},
        "spec": {"template": {"spec": pod()}},
    }
    cluster.apply_objects(job, namespace=namespace)
    cluster.wait(
        "the Job to complete",
        lambda: cluster.get("jobs", "job", namespace)[0].get("status", {}).get("succeeded") == 1,
        seconds=30,
    )


def test_a_pod_with_a_claim_and_gpus_runs_on_a_fake_node(cluster, namespace):
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    spec = {**pod(resources={"limits": {"nvidia.com/gpu": "8"}}), "volumes": volumes}
    metadata = {"name": "pod"}
    needy = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    cluster.apply_objects(claim, needy, namespace=namespace)
    cluster.wait(
        "the Pod to run",
        lambda: cluster.get("pods", "pod", namespace)[0]["status"]["phase"] == "Running",
        seconds=30,
    )


def test_a_program_that_ends_by_itself_is_reported_with_its_last_words(tmp_path):
    program = Program("short-lived", ["/bin/sh", "-c", "echo no such flag; exit 3"])
    program.log = tmp_path / "log"
    program.start()
    program._process.wait()  # noqa: SLF001 - to look only when it has ended
    with pytest.raises(AssertionError, match=r"exit code 3; .* ends:\nno such flag"):
        program.check()


def test_a_given_cluster_that_is_in_use_is_refused(cluster, tmp_path):
    given = GivenCluster(tmp_path, cluster.kubeconfig.read_text())
    with pytest.raises(GivenClusterError, match=r"in use: it has .*datasets\.substratus\.ai"):
        given.start()
    given.stop()
    assert cluster.get("nodes")


def test_a_remote_cluster_is_not_taken_because_a_shell_exports_it(monkeypatch, tmp_path):
    file = tmp_path / "config"
    file.write_text(
        """
clusters: [{name: a, cluster: {server: "https://production.example.com"}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
users: [{name: a, user: {}}]
"""
    )
    monkeypatch.delenv("KUBECONFIG_E2E", raising=False)
    monkeypatch.setenv("KUBECONFIG", str(file))
    assert configuration() is None
    file.write_text(file.read_text().replace("production.example.com", "127.0.0.1:6443"))
    assert configuration()
