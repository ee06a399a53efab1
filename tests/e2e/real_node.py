"""A control plane with one real node: its Pods run, pull from a registry and answer each other."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import binaries
import containerd
import git_server
import httpx
import kubelet
import leftovers
import network
import node_images
import registry
import yaml
from cluster import MANIFESTS
from control_plane import ControlPlane
from processes import ROOT, Program, wait_until
from volumes import SMALL_CLAIM, Binder
from watching import FOLLOWED

if TYPE_CHECKING:
    import socket

INIT = Path(__file__).parent / "node_init.py"


LARGE = {"cpu": "64", "memory": "1Ti", "disk": "8Ti", "gpus": "4"}
"""What the node claims to have, so that whatever the tests ask for fits."""


class NodeExistsError(RuntimeError):
    """There can be one real node on a machine, and there is one already."""


class RealNode(ControlPlane):
    """The control plane, and beside it containerd, kubelet, kube-proxy, DNS, registry and git.

    Everything that would be seen on the machine is in a mount and a PID namespace of the node's
    own, except for the bridge and the cgroups; `stop` removes these.
    """

    def __init__(self, directory: Path, *, logs: Path | None = None) -> None:
        super().__init__(directory, address=network.ADDRESS, logs=logs)
        self.repositories = directory / "repositories"
        self.volumes = directory / "volumes"
        self._held: socket.socket | None = None

    def start(self) -> None:
        self._held = network.hold()
        if self._held is None:
            raise NodeExistsError("A real node is on this machine; `make cluster-down` ends it.")
        leftovers.remove()  # of a run that was killed: no living one has the node
        network.start()
        self._start_registry()
        self._start_git()
        super().start()

    def start_nodes(self) -> None:
        """Start the real node instead of fakes, and begin to follow what happens."""
        self.http = self._leaving.enter_context(self.connect())
        self.kubectl("apply", "--filename=-", text=_as_large_as(**LARGE))
        binder = Binder(self.connect, self.volumes, self._mount_tmpfs)
        for resource in FOLLOWED:
            self.watch.follow(resource, binder if resource == "persistentvolumeclaims" else None)
        self._start_namespaces()
        self._inside("containerd", containerd.configure(self.directory))
        self.wait("containerd", self._containerd_answers)
        self.kubelet = self._inside(
            "kubelet",
            [
                str(binaries.program("kubelet")),
                *kubelet.kubelet(self.directory, self.kubeconfig),
            ],
        )
        self.run("kube-proxy", *kubelet.kube_proxy(self.directory, self.kubeconfig))
        self.run("coredns", *kubelet.coredns(self.directory, self.kubeconfig))
        self.wait("a ready node that seems large", self._node_is_ready)

    def write_settings(self, **sections: dict) -> Path:
        """Write the settings as they are shipped, with this cluster's registry and small claims.

        The builder's images have their tags alone: those of this registry were made on the spot.

        `sections` are added, or stand for those of the same name.
        """
        shipped = yaml.safe_load((ROOT / "metacontroller" / "settings.yaml").read_text())
        mirrors = {"docker.io": registry.ADDRESS}
        ours = {
            "registry": {
                "url": f"{registry.ADDRESS}/substratus",
                "insecure": True,
                "mirrors": mirrors,
            },
            "claims": {"datasetSize": SMALL_CLAIM},
            "builder": {**shipped["builder"], **node_images.builder_settings()},
        }
        file = self.directory / f"settings{'-'.join(['', *sections])}.yaml"
        file.write_text(yaml.safe_dump({**shipped, **ours, **sections}))
        return file

    def publish(self, name: str, source: Path = ROOT, *paths: str) -> str:
        """Commit files to a repository of the git server; return its URL."""
        return git_server.publish(self.repositories, name, source, *paths)

    def grow_volume(self, namespace: str, claim: str, size: str) -> None:
        """Make a small claim's volume larger, as an administrator would."""
        (volume,) = (self.volumes / namespace).glob(f"{claim}-*")
        self.in_node("mount", "-o", f"remount,size={size}", str(volume))

    @contextlib.contextmanager
    def as_large_as(self, **resources: str) -> Iterator[None]:
        """Let the node claim to have other resources, by the names in `LARGE`, within a context."""
        self._claim({**LARGE, **resources})
        try:
            yield
        finally:
            self._claim(LARGE)

    def _claim(self, resources: dict[str, str]) -> None:
        self.kubectl("apply", "--filename=-", text=_as_large_as(**resources))

        def claims() -> bool:
            # Whatever is written to its status, the policy puts the resources in.
            poke = '{"status": {"capacity": {"nvidia.com/gpu": "0"}}}'
            where = ("node", kubelet.NODE, "--subresource=status", "--type=merge")
            self.kubectl("patch", *where, f"--patch={poke}")
            found = self.get("nodes", kubelet.NODE)[0]["status"]["allocatable"]
            return (found["cpu"], found["memory"]) == (resources["cpu"], resources["memory"])

        self.wait("a node of another size", claims)

    def in_node(self, *command: str) -> str:
        """Run a command that sees the mounts and the processes of the node; return its output."""
        done = subprocess.run(
            [*self._enter(), *command], check=True, capture_output=True, text=True
        )
        return done.stdout

    def _mount_tmpfs(self, path: Path, size: str) -> None:
        """Let `path` hold no more than `size` bytes, as the node and its Pods see it."""
        self.in_node("mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(path))

    def stop(self) -> None:
        """End everything, and leave the machine as it was."""
        super().stop()
        if self._held:  # else the node that is on this machine is another's
            leftovers.remove()
            self._held.close()
            self._held = None
        shutil.rmtree(self.directory, ignore_errors=True)

    def _start_registry(self) -> None:
        storage = self.directory / "registry"
        shutil.copytree(node_images.prepare(), storage)
        self.directory.joinpath("registry-config").mkdir()
        command = registry.configure(self.directory / "registry-config", storage)
        self._host("registry", command)
        self.wait("the registry", _registry_answers)
        node_images.name_all(registry.ADDRESS)

    def _start_git(self) -> None:
        self.repositories.mkdir()
        self._host("git-daemon", git_server.command(self.repositories))

    def _start_namespaces(self) -> None:
        space = self.directory / "node"
        space.mkdir()
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self._first = self._host("node", [*namespaces, sys.executable, str(INIT), str(space)])
        wait_until((space / "ready").exists, self._first)

    def _enter(self) -> list[str]:
        return ["nsenter", f"--target={self._first.child()}", "--mount", "--pid", "--"]

    def _inside(self, name: str, command: list[str]) -> Program:
        return self._host(name, [*self._enter(), *command])

    def _containerd_answers(self) -> bool:
        command = [*self._enter(), "ctr", f"--address={containerd.SOCKET}", "version"]
        return not subprocess.run(command, check=False, capture_output=True).returncode

    def _node_is_ready(self) -> bool:
        for node in self.get("nodes", kubelet.NODE):
            status = node.get("status", {})
            conditions = {each["type"]: each["status"] for each in status.get("conditions", [])}
            large = "nvidia.com/gpu" in status.get("allocatable", {})
            return conditions.get("Ready") == "True" and large
        return False


def _as_large_as(**resources: str) -> str:
    """Return the manifests by which the node claims to have these resources."""
    return Template((MANIFESTS / "real-node.yaml").read_text()).substitute(resources)


def _registry_answers() -> bool:
    try:
        return httpx.get(f"http://{registry.ADDRESS}/v2/").is_success
    except httpx.HTTPError:
        return False
