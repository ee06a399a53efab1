"""`make cluster` and `make cluster-down`: what is there in between, and nothing afterwards."""

import os
import signal
import subprocess
from pathlib import Path

import binaries
import leftovers
import pytest
import standing
from processes import ROOT

WRITTEN = (
    "/run/containerd",
    "/run/netns",
    "/var/lib/cni",
    "/var/lib/containerd",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/log/pods",
)
"""Where a kubelet, containerd and CNI write on a machine of their own."""


def machine() -> dict[str, object]:
    """Return what a node may change on this machine."""

    def said(*command: str) -> list[str]:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return sorted(done.stdout.splitlines())

    return {
        "mounts": Path("/proc/self/mountinfo").read_text(),
        "links": said("ip", "-brief", "link"),
        "network namespaces": said("ip", "netns", "list"),
        "rules": said("nft", "list", "ruleset"),
        "routes": said("ip", "route"),
        "forwarding": Path("/proc/sys/net/ipv4/ip_forward").read_text(),
        "cgroups": leftovers.cgroups(),
        "programs": leftovers.programs(),
        "files": {place: sorted(map(str, Path(place).rglob("*"))) for place in WRITTEN},
    }


def make(target: str) -> str:
    done = subprocess.run(["make", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def kubectl(*arguments: str) -> str:
    command = [binaries.kubectl(), f"--kubeconfig={standing.KUBECONFIG}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run_a_pod() -> None:
    image = "docker.io/library/debian:bookworm-slim"
    kubectl("create", "job", "hello", f"--image={image}", "--", "true")
    kubectl("wait", "job/hello", "--for=condition=Complete", "--timeout=60s")
    kubectl("run", "stays", f"--image={image}", "--", "sleep", "infinity")
    kubectl("wait", "pod/stays", "--for=condition=Ready", "--timeout=60s")


def end_orderly() -> None:
    """Nothing happens before `make cluster-down`."""


def end_at_once() -> None:
    """All the harness' own processes are killed first, as by a machine out of memory."""
    supervisor = int(standing.SUPERVISOR.read_text())
    os.kill(supervisor, signal.SIGKILL)


@pytest.mark.parametrize("end", [end_orderly, end_at_once])
def test_a_cluster_leaves_nothing_behind(possible, end):
    mark = os.environ.pop(leftovers.MARK)
    try:
        before = machine()
        printed = make("cluster")
        assert f"export KUBECONFIG={standing.KUBECONFIG}" in printed
        assert "compositecontroller" in kubectl("get", "compositecontrollers", "--output=name")
        run_a_pod()
        assert machine() != before
        end()
        make("cluster-down")
        assert machine() == before
        assert not standing.STATE.exists()
    finally:
        os.environ[leftovers.MARK] = mark
