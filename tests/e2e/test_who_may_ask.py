"""HTTPS, tokens and client certificates between the real Metacontroller and the hooks.

The controllers are those that the components of metacontroller/ make. While something is wrong
nothing is touched; as soon as it is right, what was edited meanwhile is done.
"""

import itertools
import json
import re
import shutil
import subprocess
import time

import binaries
import pytest
import yaml
from certificates import Authority
from processes import ROOT
from stack import HookServer, controllers

TOKENS = {"first": "1" * 32, "second": "2" * 32}
CHILDREN = ("jobs", "persistentvolumeclaims", "configmaps", "serviceaccounts")
NAMESPACE = "substratus"
LOOK = 2
"""Seconds after which the hooks have looked at their files again, as they do once a second."""
WORDS = re.compile(r"[^a-z0-9]+")


def shipped_controllers(directory):
    """Return the controllers as they are with all components that concern them."""
    copied = shutil.copytree(ROOT / "metacontroller", directory / "metacontroller")
    file = copied / "kustomization.yaml"
    components = [f"components/{each}" for each in ("tls", "token", "client-certificate")]
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "components": components}))
    built = subprocess.run(
        [binaries.kubectl(), "kustomize", copied], check=True, capture_output=True, text=True
    )
    return [each for each in yaml.safe_load_all(built.stdout) if "Controller" in each["kind"]]


class Secured:
    """The hooks behind TLS that ask for a token and a certificate, and what Metacontroller has.

    Metacontroller reads its part once, when a controller's spec changes: `configure` changes it.
    """

    def __init__(self, cluster, directory):
        self.cluster = cluster
        self.authority = Authority(directory, "authority")
        self.other = Authority(directory, "other")
        self.server_files, self.tokens = directory / "server", directory / "tokens"
        self.client_ca = directory / "client-ca.crt"
        self.tokens.mkdir()
        self.certificate = self.authority.sign("server")
        self.client = self.authority.sign("client")
        self._shipped = shipped_controllers(directory)
        self._rounds = itertools.count(1)
        self.serve_right()
        self.hooks = HookServer(
            cluster.write_settings(),
            logs=cluster.logs / "secured",
            TLS_DIRECTORY=str(self.server_files),
            CLIENT_CA_FILE=str(self.client_ca),
            TOKENS_DIRECTORY=str(self.tokens),
        )

    def serve_right(self):
        """Let the hooks have what is right."""
        self.certificate.put(self.server_files)
        self.client_ca.write_bytes(self.authority.certificate.read_bytes())
        self.take("first")

    def take(self, *names):
        """Let the hooks take these tokens and no others."""
        for each in self.tokens.iterdir():
            if each.name not in names:
                each.unlink()
        for name in names:
            (self.tokens / name).write_text(TOKENS[name])

    def configure(self, *, ca=None, client=None, tokens=TOKENS, key="first", without=()):
        """Let Metacontroller have what is right, but for what is given."""
        ca = ca or self.authority.certificate.read_text()
        client = client or self.client
        self.cluster.apply_objects(
            _object("ConfigMap", "hooks-ca", data={"ca.crt": ca}),
            _object("Secret", "hooks-tokens", stringData=tokens),
            _object(
                "Secret",
                "hooks-client",
                type="kubernetes.io/tls",
                stringData={
                    "tls.crt": client.certificate.read_text(),
                    "tls.key": client.key.read_text(),
                },
            ),
            namespace=NAMESPACE,
        )
        made = json.loads(
            json.dumps(self._shipped).replace(
                "hooks.substratus:8080", f"127.0.0.1:{self.hooks.port}"
            )
        )
        change = 3600 + next(self._rounds)
        for each in made:
            each["spec"]["resyncPeriodSeconds"] = change
            (endpoint,) = each["spec"]["endpointConfigs"]
            endpoint["authorization"]["secretRef"]["key"] = key
            for name in without:
                del endpoint[name]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": made})
        self.cluster.kubectl("apply", "--filename=-", text=text)


def _object(kind, name, **content):
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}


@pytest.fixture(scope="module")
def secured(stack, cluster, tmp_path_factory):
    found = Secured(cluster, tmp_path_factory.mktemp("secured"))
    found.hooks.start()
    found.hooks.wait()
    cluster.create_namespace(NAMESPACE)
    found.configure()
    yield found
    cluster.kubectl("delete", "compositecontrollers,decoratorcontrollers", "--all")
    cluster.kubectl("apply", "--filename=-", text=controllers(stack.recorder.address))
    found.hooks.stop()
    cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture
def right_again(secured):
    yield
    secured.serve_right()
    secured.configure()


@pytest.fixture
def namespace(cluster, request):
    """A namespace for each case of a test."""
    name = f"asks-{WORDS.sub('-', request.node.name.removeprefix('test_'))[-50:]}".strip("-")
    cluster.create_namespace(name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


def dataset(filename):
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": "Dataset",
        "metadata": {"name": "squad"},
        "spec": {
            "filename": filename,
            "source": {"git": {"url": "https://github.com/substratusai/dataset-squad"}},
        },
    }


def apply(cluster, namespace, filename):
    cluster.apply_objects(dataset(filename), namespace=namespace)
    return cluster.get("datasets", "squad", namespace)[0]["metadata"]["generation"]


def wait_done(cluster, namespace, generation):
    """Wait until the Dataset is Ready in its generation."""

    def done():
        (found,) = cluster.get("datasets", "squad", namespace)
        status = found.get("status") or {}
        ready = {each["type"]: each["status"] for each in status.get("conditions", [])}.get("Ready")
        return (status.get("observedGeneration"), ready) == (generation, "True")

    cluster.wait(f"the Dataset of {namespace} to be Ready", done, seconds=60)


def state(cluster, namespace):
    """Return each child with its version, and the Dataset's status."""
    children = {
        (resource, each["metadata"]["name"]): each["metadata"]["resourceVersion"]
        for resource in CHILDREN
        for each in cluster.get(resource, "", namespace)
    }
    return children, cluster.get("datasets", "squad", namespace)[0]["status"]


def errors(cluster, namespace):
    """Return what Metacontroller says of the Dataset's failed syncs."""
    found = cluster.http.get(f"/api/v1/namespaces/{namespace}/events").json()["items"]
    return " ".join(each["message"] for each in found if each["reason"] == "SyncError")


WRONG = {
    "a token that is not taken": (
        lambda secured: secured.configure(tokens={"first": "3" * 32}),
        "unsupported status code: 401",
    ),
    "no token": (
        lambda secured: secured.configure(without=("authorization",)),
        "unsupported status code: 401",
    ),
    "a token that was taken away": (
        lambda secured: secured.take("second"),
        "unsupported status code: 401",
    ),
    "another authority of the server's certificate": (
        lambda secured: secured.configure(ca=secured.other.certificate.read_text()),
        "certificate signed by unknown authority",
    ),
    "a server's certificate that expired": (
        lambda secured: secured.authority.sign("old", days=-1).put(secured.server_files),
        "certificate has expired",
    ),
    "a server's certificate for another name": (
        lambda secured: secured.authority.sign("x", address="IP:127.0.0.9").put(
            secured.server_files
        ),
        "certificate is valid for 127.0.0.9",
    ),
    "no client certificate": (
        lambda secured: secured.configure(without=("clientTLS",)),
        "certificate required",
    ),
    "a client certificate that expired": (
        lambda secured: secured.configure(client=secured.authority.sign("gone", days=-1)),
        "expired certificate",
    ),
    "a client certificate of another authority": (
        lambda secured: secured.configure(client=secured.other.sign("client")),
        "unknown certificate authority",
    ),
}


@pytest.mark.parametrize(("make_wrong", "message"), WRONG.values(), ids=WRONG)
def test_nothing_is_touched_while_it_is_wrong(
    secured, cluster, namespace, right_again, make_wrong, message
):
    wait_done(cluster, namespace, apply(cluster, namespace, "before.jsonl"))
    make_wrong(secured)
    time.sleep(LOOK)
    before = state(cluster, namespace)
    generation = apply(cluster, namespace, "after.jsonl")
    cluster.wait(f"'{message}'", lambda: message in errors(cluster, namespace), seconds=60)
    assert state(cluster, namespace) == before
    secured.serve_right()
    secured.configure()
    wait_done(cluster, namespace, generation)


def test_a_token_is_changed_without_a_failed_sync(secured, cluster, namespace, right_again):
    wait_done(cluster, namespace, apply(cluster, namespace, "one.jsonl"))
    secured.take("first", "second")
    time.sleep(LOOK)
    wait_done(cluster, namespace, apply(cluster, namespace, "two.jsonl"))
    secured.configure(key="second")
    wait_done(cluster, namespace, apply(cluster, namespace, "three.jsonl"))
    secured.take("second")
    time.sleep(LOOK)
    wait_done(cluster, namespace, apply(cluster, namespace, "four.jsonl"))
    assert errors(cluster, namespace) == ""


def test_a_servers_certificate_is_changed_under_its_authority(secured, cluster, namespace):
    wait_done(cluster, namespace, apply(cluster, namespace, "one.jsonl"))
    secured.authority.sign("next").put(secured.server_files)
    time.sleep(LOOK)
    wait_done(cluster, namespace, apply(cluster, namespace, "two.jsonl"))


def test_an_authority_is_changed_by_way_of_both(secured, cluster, namespace, right_again):
    wait_done(cluster, namespace, apply(cluster, namespace, "one.jsonl"))
    both = secured.authority.certificate.read_text() + secured.other.certificate.read_text()
    secured.configure(ca=both)
    wait_done(cluster, namespace, apply(cluster, namespace, "two.jsonl"))
    secured.other.sign("server").put(secured.server_files)
    time.sleep(LOOK)
    wait_done(cluster, namespace, apply(cluster, namespace, "three.jsonl"))
    secured.configure(ca=secured.other.certificate.read_text())
    wait_done(cluster, namespace, apply(cluster, namespace, "four.jsonl"))
    assert "unknown authority" not in errors(cluster, namespace)
