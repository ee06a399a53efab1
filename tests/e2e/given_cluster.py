"""A cluster that a person gives to the tests: kind's, k3d's, or any that is there for tests alone.

`KUBECONFIG_E2E` names it. `KUBECONFIG` does too where its API server is on the loopback, as those
of kind and k3d are: shells often export the file of a cluster that people work on.
"""

import json
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import binaries
import httpx
from cluster import MANIFESTS, Cluster, is_fake
from processes import ROOT, Program, free_port, listens

GROUPS = ("substratus.ai", "metacontroller.k8s.io")
LOOPBACK = re.compile(r"127\..*|localhost|0\.0\.0\.0|::1?")


class GivenClusterError(RuntimeError):
    """The given cluster cannot be used; the message says why and what to do."""


def configuration() -> str | None:
    """Return the current context of the given cluster as a kubeconfig; None if none is given."""
    chosen = os.environ.get("KUBECONFIG_E2E")
    given = chosen or os.environ.get("KUBECONFIG")
    if not given:
        return None
    done = subprocess.run(
        [binaries.kubectl(), "config", "view", "--raw", "--flatten", "--minify", "--output=json"],
        env={**os.environ, "KUBECONFIG": given},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GivenClusterError(f"{given} names no cluster: {done.stderr.strip()}")
    server = urlsplit(json.loads(done.stdout)["clusters"][0]["cluster"]["server"]).hostname or ""
    if not chosen and not LOOPBACK.fullmatch(server):
        return None
    return done.stdout


class GivenCluster(Cluster):
    """Nodes of kwok on an API server that is there already; it is left as it was."""

    def __init__(self, directory: Path, config: str) -> None:
        super().__init__(directory)
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(config)
        self._owned = False

    def start(self) -> None:
        self._start_proxy()
        self._refuse_if_in_use()
        self._owned = True
        self.start_nodes()

    def connect(self) -> httpx.Client:
        # By kubectl, as a kubeconfig may ask for certificates or run a program for a token.
        return httpx.Client(base_url=f"http://127.0.0.1:{self._port}")

    def metacontroller_kubeconfig(self) -> Path:
        return self.kubeconfig

    def real_nodes(self) -> list[str]:
        """Return the nodes that would pull images, which do not exist."""
        return [
            each["metadata"]["name"]
            for each in self.get("nodes")
            if not is_fake(each) and not each["spec"].get("unschedulable")
        ]

    def stop(self) -> None:
        try:
            if self._owned:
                self._clean()
        finally:
            super().stop()

    def _start_proxy(self) -> None:
        self._port = free_port()
        proxy = [binaries.kubectl(), f"--kubeconfig={self.kubeconfig}", "proxy"]
        self.programs.append(Program("kubectl-proxy", [*proxy, f"--port={self._port}"]))
        self.programs[0].start()
        for _ in range(100):
            if listens(self._port):
                return
            self.programs[0].check()
            time.sleep(0.1)
        raise GivenClusterError("kubectl proxy does not listen.")

    def _refuse_if_in_use(self) -> None:
        names = self.kubectl("get", "crd", "--output=name").split()
        ours = [name.partition("/")[2] for name in names if name.endswith(GROUPS)]
        if ours:
            raise GivenClusterError(
                f"The given cluster is in use: it has {', '.join(ours)}. The tests make these "
                "themselves and delete them at the end, with all their objects. Delete them, or "
                "give a cluster without them."
            )

    def _clean(self) -> None:
        def delete(*what: str) -> None:
            self.kubectl("delete", "--ignore-not-found", "--wait", "--timeout=60s", *what)

        delete("namespace", "--selector=substratus.ai/e2e=namespace")
        delete(
            f"--filename={ROOT / 'crds'}", f"--filename={MANIFESTS / 'metacontroller-crds.yaml'}"
        )
        delete("persistentvolume", "--selector=substratus.ai/e2e=volume")
        delete(f"--filename={MANIFESTS / 'nodes.yaml'}")
