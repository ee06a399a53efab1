"""The cluster that `KUBECONFIG` names (kind, k3d), in place of one that the tests start."""

import shutil
from pathlib import Path

import binaries
import httpx
import pytest
from control_plane import ControlPlane, Program, free_port, wait_until


class GivenCluster(ControlPlane):
    """A cluster that is there already; it is talked to through `kubectl proxy`."""

    def __init__(self, directory: Path, kubeconfig: str) -> None:
        super().__init__(directory)
        shutil.copy(kubeconfig, self.kubeconfig)

    def start(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        port = free_port()
        command = [binaries.kubectl(), f"--kubeconfig={self.kubeconfig}", "proxy", f"--port={port}"]
        proxy = Program(command, self.logs / "kubectl-proxy")
        self.programs.append(proxy)
        proxy.start()
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        wait_until("kubectl proxy", self._answers, seconds=20)

    def stop(self) -> None:
        self.http.close()
        for program in self.programs:
            program.stop()

    def write_kubeconfig(self, path: Path, *, token: str) -> None:  # noqa: ARG002 - the one given
        shutil.copy(self.kubeconfig, path)

    def has_pretended_nodes(self) -> bool:
        """Return whether kwok makes the Pods of the examples run here."""
        annotation = "kwok.x-k8s.io/node"
        return any(
            annotation in each["metadata"].get("annotations", {}) for each in self.get("nodes")
        )

    def audit_length(self) -> int:
        pytest.skip("the cluster of KUBECONFIG shows no audit log to count writes in")

    def _answers(self) -> bool:
        try:
            return self.http.get("/readyz").is_success
        except httpx.TransportError:
            return False
