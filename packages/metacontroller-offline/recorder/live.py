"""Starts real programs, and records what they answer to the cases of both comparisons.

Usage: `python live.py`. The programs are those of the project's tests/e2e, in its cache. What has
changed since the last time is what `git diff` shows.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

HERE = Path(__file__).parent
CRDS = HERE.parents[2] / "tests/e2e/manifests/metacontroller-crds.yaml"
TOKEN = "recorder"  # noqa: S105 - of a cluster of its own, on the loopback
_PATIENCE = 120
sys.path.insert(0, str(HERE.parents[2] / "tests/e2e"))

from binaries import metacontroller, program


def free_port() -> int:
    """Return a port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(log: Path, *command: str | Path) -> Iterator[None]:
    """Run a program while the context is open."""
    with log.open("w") as out, subprocess.Popen(  # noqa: S603 - programs of our own cache
        [*map(str, command)], stdout=out, stderr=out
    ) as process:  # fmt: skip
        try:
            yield
        finally:
            process.terminate()


@contextmanager
def api_server(place: Path) -> Iterator[str]:
    """Run etcd and an API server without a scheduler, nodes or service accounts."""
    client, peer, port = free_port(), free_port(), free_port()
    (place / "tokens").write_text(f"{TOKEN},{TOKEN},{TOKEN},system:masters\n")
    key = place / "key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)  # noqa: S603, S607
    peers = f"http://127.0.0.1:{peer}"
    address = f"https://127.0.0.1:{port}"
    etcd = running(
        place / "etcd.log",
        program("etcd"),
        f"--data-dir={place / 'etcd'}",
        "--unsafe-no-fsync",
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    )
    server = running(
        place / "kube-apiserver.log",
        program("kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{client}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={place / 'certificates'}",
        f"--token-auth-file={place / 'tokens'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--endpoint-reconciler-type=none",
        "--disable-admission-plugins=ServiceAccount,LimitRanger,ResourceQuota,"
        "DefaultStorageClass,StorageObjectInUseProtection",
    )
    with etcd, server:
        _wait(address)
        yield address


def _wait(address: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            if httpx.get(f"{address}/readyz", headers=headers, verify=False).text == "ok":
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > until:
            raise TimeoutError(f"{address} was not ready after {_PATIENCE} s.")
        time.sleep(0.2)


@contextmanager
def controllers(place: Path, address: str) -> Iterator[None]:
    """Run the garbage collector, the namespace controller and Metacontroller."""
    found = metacontroller()
    if found is None:
        raise FileNotFoundError("There is no Metacontroller: set METACONTROLLER to its program.")
    kubectl = ["kubectl", f"--server={address}", f"--token={TOKEN}", "--insecure-skip-tls-verify"]
    subprocess.run([*kubectl, "apply", "-f", CRDS], check=True, capture_output=True)  # noqa: S603
    config = place / "kubeconfig"
    config.write_text(
        f"{{apiVersion: v1, kind: Config, current-context: r, clusters: [{{name: r, cluster: "
        f"{{server: '{address}', insecure-skip-tls-verify: true}}}}], users: [{{name: r, user: "
        f"{{token: {TOKEN}}}}}], contexts: [{{name: r, context: {{cluster: r, user: r}}}}]}}\n"
    )
    manager = running(
        place / "kube-controller-manager.log",
        program("kube-controller-manager"),
        f"--kubeconfig={config}",
        "--leader-elect=false",
        "--secure-port=0",
        "--controllers=garbage-collector-controller,namespace-controller",
    )
    engine = running(
        place / "metacontroller.log",
        found,
        f"--kubeconfig={config}",
        "--discovery-interval=1s",
        "--metrics-address=0",
        f"--health-probe-bind-address=127.0.0.1:{free_port()}",
        "--client-go-qps=500",
        "--client-go-burst=1000",
    )
    with manager, engine:
        yield


def main() -> None:
    """Record both comparisons."""
    with tempfile.TemporaryDirectory() as directory, api_server(Path(directory)) as address:
        python = sys.executable
        subprocess.run([python, HERE / "record.py", address, TOKEN], check=True)  # noqa: S603
        with controllers(Path(directory), address):
            record = HERE / "record_metacontroller.py"
            subprocess.run([python, record, address, TOKEN, str(free_port())], check=True)  # noqa: S603


main()
