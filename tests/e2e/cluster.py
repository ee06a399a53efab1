"""A cluster that tests run on, whoever started it."""

import contextlib
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import binaries
import httpx
from processes import LOGS, ROOT, Program
from volumes import Binder
from watching import FOLLOWED, Watch, path

if TYPE_CHECKING:
    from audit import AuditLog

MANIFESTS = ROOT / "tests" / "e2e" / "manifests"
CLUSTER_SCOPED = ("nodes", "persistentvolumes", "customresourcedefinitions")
PATIENCE = 90
"""Seconds to wait for anything that comes by itself."""
NODES = 3
"""How many nodes manifests/nodes.yaml has."""


class Cluster:
    """What tests do with a cluster.

    `audit` is None where the API server's log is out of reach.
    """

    def __init__(self, directory: Path, *, logs: Path | None = None) -> None:
        self.directory = directory
        self.logs = logs or LOGS
        self.kubeconfig = directory / "kubeconfig"
        self.audit: AuditLog | None = None
        self.programs: list[Program] = []
        self.watch = Watch(self.connect)
        self._leaving = contextlib.ExitStack()

    def connect(self) -> httpx.Client:
        """Return a client of the API server."""
        raise NotImplementedError

    def metacontroller_kubeconfig(self) -> Path:
        """Return the file by which Metacontroller finds the API server."""
        raise NotImplementedError

    def start_nodes(self) -> None:
        """Pretend nodes and volumes, and begin to follow what happens."""
        self.run(
            "kwok",
            f"--kubeconfig={self.kubeconfig}",
            "--manage-all-nodes=false",
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
            "--server-address=127.0.0.1:0",
        )
        self.http = self._leaving.enter_context(self.connect())
        binder = Binder(self.connect)
        for resource in FOLLOWED:
            self.watch.follow(resource, binder if resource == "persistentvolumeclaims" else None)
        self.apply(MANIFESTS / "nodes.yaml")
        self.wait(
            "ready nodes", lambda: len([*filter(_fake_and_ready, self.get("nodes"))]) == NODES
        )

    def install(self) -> None:
        """Add the kinds of the project and of Metacontroller."""
        self.apply(ROOT / "crds", MANIFESTS / "metacontroller-crds.yaml")
        self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        for resource in ("datasets", "models", "modelservers", "notebooks"):
            self.watch.follow(resource)

    def write_settings(self) -> Path | None:
        """Write the settings that the hooks need on this cluster; None where the defaults do."""
        return None

    def kubectl(self, *arguments: str, text: str | None = None, check: bool = True) -> str:
        """Run kubectl; return what it prints, with its errors where they are not to fail."""
        done = subprocess.run(
            [binaries.kubectl(), f"--kubeconfig={self.kubeconfig}", *arguments],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout if check else done.stdout + done.stderr

    def apply(self, *paths: Path, namespace: str = "default") -> None:
        files = (f"--filename={path}" for path in paths)
        self.kubectl("apply", f"--namespace={namespace}", "--recursive", *files)

    def apply_objects(self, *objects: dict, namespace: str = "default") -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", f"--namespace={namespace}", "--filename=-", text=text)

    def create_namespace(self, name: str, **labels: str) -> None:
        """Make a namespace of the tests."""
        metadata = {"name": name, "labels": {"substratus.ai/e2e": "namespace", **labels}}
        self.apply_objects({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    def get(self, resource: str, name: str = "", namespace: str | None = "default") -> list[dict]:
        """Return the objects of a resource; of a name, one or none; of all namespaces for None.

        Over HTTP, as tests ask often and a process for each would slow down what they look at.
        """
        place, _, _ = path(resource).rpartition("/")
        scoped = namespace and resource not in CLUSTER_SCOPED
        place += f"/namespaces/{namespace}/{resource}" if scoped else f"/{resource}"
        response = self.http.get(f"{place}/{name}" if name else place)
        if response.status_code == 404:
            return []
        found = response.raise_for_status().json()
        if name:
            return [found]
        # The API server leaves out of a list's items what the list says once.
        own = {"apiVersion": found["apiVersion"], "kind": found["kind"].removesuffix("List")}
        return [{**own, **each} for each in found["items"]]

    def wait(self, what: str, check: Callable[[], object], *, seconds: float = PATIENCE) -> object:
        """Return the first true value of `check`, asked again after each change that is followed.

        Fails with what was waited for, and if a program of the cluster ends meanwhile.
        """
        until = time.monotonic() + seconds
        while True:
            seen = len(self.watch.changes)
            if found := check():
                return found
            for program in self.programs:
                program.check()
            if time.monotonic() > until:
                raise AssertionError(f"waited {seconds} s for {what}")
            self.watch.wait(seen, 0.5)
            time.sleep(0.02)  # changes come in groups; one look serves them all

    def run(self, name: str, *arguments: str) -> Program:
        """Start a pinned program that ends with the cluster."""
        return self._host(name, [str(binaries.program(name)), *arguments])

    def _host(self, name: str, command: list[str]) -> Program:
        program = Program(name, command, logs=self.logs)
        self.programs.append(program)
        program.start()
        return program

    def stop(self) -> None:
        """End everything that was started; nothing of it is worth a farewell."""
        self.watch.stopping()
        for program in reversed(self.programs):
            program.kill()
        self.watch.join()
        self._leaving.close()


def _fake_and_ready(node: dict) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    is_ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return is_fake(node) and is_ready


def is_fake(node: dict) -> bool:
    """Say whether kwok pretends this node."""
    return node["metadata"].get("annotations", {}).get("kwok.x-k8s.io/node") == "fake"
