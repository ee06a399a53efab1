"""A real control plane on free ports of the loopback, with kwok for nodes."""

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from audit import AuditLog
from cluster import MANIFESTS, PATIENCE, Cluster
from processes import Program, free_port

LOOPBACK = "127.0.0.1"


class ControlPlane(Cluster):
    """etcd, API server, controller manager, scheduler and kwok, all in one directory.

    The API server listens on `address`, the loopback's unless Pods are to reach it.
    """

    def __init__(
        self, directory: Path, *, address: str = LOOPBACK, logs: Path | None = None
    ) -> None:
        super().__init__(directory, logs=logs)
        self.address = address

    def start(self) -> None:
        self._start_api_server()
        self._start_controllers()
        self.start_nodes()

    def connect(self) -> httpx.Client:
        headers = {"Authorization": "Bearer admin"}
        return httpx.Client(base_url=self.server, verify=False, headers=headers)

    def metacontroller_kubeconfig(self) -> Path:
        return self._kubeconfig(self.directory / "metacontroller.kubeconfig", "metacontroller")

    def _start_api_server(self) -> None:
        etcd, peer, port = free_port(), free_port(), free_port()
        self.server = f"https://{self.address}:{port}"
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
        self.audit = AuditLog(self.directory / "audit.log")
        self.run(
            "kube-apiserver",
            f"--etcd-servers={client}",
            f"--secure-port={port}",
            f"--bind-address={self.address}",
            f"--cert-dir={self.directory / 'certificates'}",
            f"--token-auth-file={self._tokens()}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self._key()}",
            f"--service-account-signing-key-file={self._key()}",
            "--service-cluster-ip-range=10.96.0.0/16",
            *self._for_pods(),
            f"--audit-policy-file={MANIFESTS / 'audit-policy.yaml'}",
            f"--audit-log-path={self.audit.path}",
        )
        self._kubeconfig(self.kubeconfig, "admin")
        self._wait_for_api_server()

    def _for_pods(self) -> list[str]:
        """Return what lets Pods find the API server, or not look for it."""
        if self.address == LOOPBACK:
            return ["--endpoint-reconciler-type=none"]
        return [
            f"--advertise-address={self.address}",
            "--kubelet-preferred-address-types=InternalIP",
            # A Pod on a lost node is ended after so many seconds.
            "--default-not-ready-toleration-seconds=20",
            "--default-unreachable-toleration-seconds=20",
            # By these a node seems larger than the machine is.
            "--feature-gates=MutatingAdmissionPolicy=true",
            "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
        ]

    @contextlib.contextmanager
    def losing_nodes_after(self, silence: str) -> Iterator[None]:
        """Let a node that says nothing for so long be lost, within a context."""
        self.controller_manager.stop()
        other = self._controller_manager(silence)
        try:
            yield
        finally:
            other.stop()
            self.controller_manager.start()

    def _start_controllers(self) -> None:
        # The nodes are never lost, however long a busy machine keeps kwok waiting.
        self.controller_manager = self._controller_manager("24h")
        config = f"--kubeconfig={self.kubeconfig}"
        self.run("kube-scheduler", config, "--leader-elect=false", "--secure-port=0")

    def _controller_manager(self, silence: str) -> Program:
        return self.run(
            "kube-controller-manager",
            f"--kubeconfig={self.kubeconfig}",
            "--leader-elect=false",
            f"--service-account-private-key-file={self._key()}",
            f"--root-ca-file={self.directory / 'certificates' / 'apiserver.crt'}",
            "--secure-port=0",
            f"--node-monitor-grace-period={silence}",
            "--pvclaimbinder-sync-period=1s",
            "--horizontal-pod-autoscaler-sync-period=2s",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
        )

    def _wait_for_api_server(self) -> None:
        until = time.monotonic() + PATIENCE
        with self.connect() as client:
            while not _is_ready(client):
                for program in self.programs:
                    program.check()
                if time.monotonic() > until:
                    raise AssertionError(
                        f"the API server was not ready in {PATIENCE} s; see {self.logs}"
                    )
                time.sleep(0.1)

    def _tokens(self) -> Path:
        """Write one token each for the tests and for Metacontroller, whose writes are counted."""
        tokens = self.directory / "tokens.csv"
        users = ("admin", "metacontroller")
        tokens.write_text("".join(f"{user},{user},{user},system:masters\n" for user in users))
        return tokens

    def _key(self) -> Path:
        """Return the key pair by which the tokens of service accounts are signed and checked."""
        key = self.directory / "service-accounts.key"
        if not key.exists():
            command = ["openssl", "genrsa", "-out", str(key), "2048"]
            subprocess.run(command, check=True, capture_output=True)
        return key

    def _kubeconfig(self, path: Path, token: str) -> Path:
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
        return path


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").text == "ok"
    except httpx.HTTPError:
        return False
