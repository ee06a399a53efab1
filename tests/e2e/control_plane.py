"""A real control plane on free ports of the loopback, with kwok for nodes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import binaries
import httpx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GROUPS = {
    "jobs": "apis/batch/v1",
    "statefulsets": "apis/apps/v1",
    "datasets": "apis/substratus.ai/v1",
    "models": "apis/substratus.ai/v1",
    "modelservers": "apis/substratus.ai/v1",
    "notebooks": "apis/substratus.ai/v1",
}
CLUSTER_SCOPED = ("nodes", "persistentvolumes")
PATIENCE = 90
"""Seconds to wait for anything that comes by itself."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, check: Callable[[], object], *, seconds: float = PATIENCE) -> object:
    """Return the first true value of `check`; fail with what was waited for."""
    until = time.monotonic() + seconds
    found = None
    while time.monotonic() < until:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    message = f"waited {seconds} s for {what}"
    raise AssertionError(message)


class Program:
    """A process that can be killed and started again, with its output in a file."""

    def __init__(self, command: list[str], log: Path, **environment: str) -> None:
        self.command = command
        self.log = log
        self.environment = {**os.environ, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=ROOT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the process and its children at once, as a power cut would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to end, and see that it does."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


class ControlPlane:
    """etcd, API server, controller manager, scheduler and kwok; or the cluster of `KUBECONFIG`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.logs = ROOT / "build" / "e2e" / "logs"
        self.programs: list[Program] = []
        self.kubeconfig = directory / "admin.kubeconfig"
        self.audit = directory / "audit.log"
        self._stopped = threading.Event()

    def start(self) -> None:
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self._start_api_server()
        self._start_controllers()
        self.apply(HERE / "manifests" / "nodes.yaml")
        wait_until("ready nodes", lambda: len(self.get("nodes")) == 3)
        self._binder = threading.Thread(target=self._bind_claims, daemon=True)
        self._binder.start()

    def stop(self) -> None:
        self._stopped.set()
        self._binder.join()
        self.http.close()
        for program in reversed(self.programs):
            program.stop()

    def kubectl(self, *arguments: str, text: str | None = None, check: bool = True) -> str:
        done = subprocess.run(
            [binaries.kubectl(), f"--kubeconfig={self.kubeconfig}", *arguments],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout if check else done.stdout + done.stderr

    def apply(self, *paths: Path) -> None:
        self.kubectl("apply", *(f"--filename={path}" for path in paths))

    def apply_objects(self, *objects: dict, namespace: str = "default") -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", f"--namespace={namespace}", "--filename=-", text=text)

    def get(self, resource: str, name: str = "", namespace: str | None = "default") -> list[dict]:
        """Return the objects of a resource; of a name, one or none; of all namespaces for None.

        Over HTTP, as tests ask often and a process for each would slow down what they look at.
        """
        group = GROUPS.get(resource, "api/v1")
        place = f"/namespaces/{namespace}" if namespace and resource not in CLUSTER_SCOPED else ""
        path = f"/{group}{place}/{resource}" + (f"/{name}" if name else "")
        response = self.http.get(path)
        if response.status_code == 404:
            return []
        found = response.raise_for_status().json()
        if name:
            return [found]
        # The API server leaves out of a list's items what the list says once.
        own = {"apiVersion": found["apiVersion"], "kind": found["kind"].removesuffix("List")}
        return [{**own, **each} for each in found["items"]]

    def writes(self, user: str, since: int = 0) -> list[dict]:
        """Return the writes of a user from the audit log, after its first `since` lines."""
        events = [json.loads(line) for line in self.audit.read_text().splitlines()[since:]]
        return [each for each in events if each["user"]["username"] == user]

    def audit_length(self) -> int:
        return len(self.audit.read_text().splitlines())

    def run(self, name: str, *arguments: str) -> Program:
        program = Program([str(binaries.program(name)), *arguments], self.logs / name)
        self.programs.append(program)
        program.start()
        return program

    def write_kubeconfig(self, path: Path, *, token: str) -> None:
        cluster = {"server": self.server, "insecure-skip-tls-verify": True}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "e2e", "cluster": cluster}],
            "users": [{"name": "e2e", "user": {"token": token}}],
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "e2e"}}],
            "current-context": "e2e",
        }
        path.write_text(json.dumps(config))

    def _start_api_server(self) -> None:
        etcd, peer, port = free_port(), free_port(), free_port()
        self.server = f"https://127.0.0.1:{port}"
        client = f"http://127.0.0.1:{etcd}"
        peers = f"http://127.0.0.1:{peer}"
        self.run(
            "etcd",
            f"--data-dir={self.directory / 'etcd'}",
            "--unsafe-no-fsync",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        )
        tokens = self.directory / "tokens.csv"
        tokens.write_text(
            "admin,admin,admin,system:masters\n"
            "metacontroller,metacontroller,metacontroller,system:masters\n"
        )
        key = self.directory / "service-accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        self.run(
            "kube-apiserver",
            f"--etcd-servers={client}",
            f"--secure-port={port}",
            "--bind-address=127.0.0.1",
            f"--cert-dir={self.directory / 'certificates'}",
            f"--token-auth-file={tokens}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            f"--audit-policy-file={HERE / 'manifests' / 'audit-policy.yaml'}",
            f"--audit-log-path={self.audit}",
        )
        self.write_kubeconfig(self.kubeconfig, token="admin")
        self.http = httpx.Client(
            base_url=self.server,
            verify=False,
            headers={"Authorization": "Bearer admin"},
        )
        wait_until(
            "the API server", lambda: self.kubectl("get", "--raw=/readyz", check=False) == "ok"
        )

    def _start_controllers(self) -> None:
        config = f"--kubeconfig={self.kubeconfig}"
        key = self.directory / "service-accounts.key"
        self.run(
            "kube-controller-manager",
            config,
            "--leader-elect=false",
            f"--service-account-private-key-file={key}",
            "--secure-port=0",
            # kwok sends no heartbeats, so nobody may wait for them.
            "--node-monitor-grace-period=24h",
            "--pvclaimbinder-sync-period=1s",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
        )
        self.run("kube-scheduler", config, "--leader-elect=false", "--secure-port=0")
        self.run(
            "kwok",
            config,
            "--manage-all-nodes=false",
            "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
            "--server-address=127.0.0.1:0",
        )

    def _bind_claims(self) -> None:
        """Make a volume for each claim that has none, as a provisioner would."""
        made: set[str] = set()
        while not self._stopped.wait(0.1):
            try:
                claims = self.get("persistentvolumeclaims", namespace=None)
            except httpx.HTTPError:
                continue
            for claim in claims:
                if claim["metadata"]["uid"] not in made and not _bound(claim):
                    made.add(claim["metadata"]["uid"])
                    self.http.post("/api/v1/persistentvolumes", json=_volume(claim))


def _bound(claim: dict) -> bool:
    return bool(claim["spec"].get("volumeName"))


def _volume(claim: dict) -> dict:
    metadata, spec = claim["metadata"], claim["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"e2e-{metadata['uid']}"},
        "spec": {
            "storageClassName": spec.get("storageClassName", "e2e"),
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "hostPath": {"path": "/nowhere"},
            "claimRef": {"namespace": metadata["namespace"], "name": metadata["name"]},
        },
    }
