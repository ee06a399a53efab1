"""containerd, which runs without CAP_SYS_RESOURCE and pulls from the registry of the tests."""

import json
import subprocess
from pathlib import Path

import network
import registry

SOCKET = "/run/containerd/containerd.sock"
"""Where it listens, in the node's own /run."""


def configure(directory: Path) -> list[str]:
    """Write the configuration below `directory`; return the command."""
    networks = directory / "cni"
    networks.mkdir()
    (networks / "10-bridge.conflist").write_text(network.pod_network())
    for name in registry.MIRRORED:
        mirror = directory / "registries" / name
        mirror.mkdir(parents=True)
        (mirror / "hosts.toml").write_text(_mirror())
    spec = directory / "spec.json"
    spec.write_text(json.dumps(_base_spec()))
    file = directory / "containerd.toml"
    file.write_text(_configuration(directory, spec, networks))
    return ["containerd", f"--config={file}"]


def _configuration(directory: Path, spec: Path, networks: Path) -> str:
    cri = "io.containerd.grpc.v1.cri"
    return f"""
version = 2
root = "{directory / "containerd"}"
state = "/run/containerd"
[grpc]
  address = "{SOCKET}"
[plugins."{cri}"]
  restrict_oom_score_adj = true
  disable_apparmor = true
  sandbox_image = "{registry.ADDRESS}/pause:1"
  [plugins."{cri}".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."{cri}".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      base_runtime_spec = "{spec}"
  [plugins."{cri}".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{networks}"
  [plugins."{cri}".registry]
    config_path = "{directory / "registries"}"
"""


def _mirror() -> str:
    # With `server` the same, nothing is ever asked of the registry of that name.
    return f"""
server = "http://{registry.ADDRESS}"
[host."http://{registry.ADDRESS}"]
  capabilities = ["pull", "resolve"]
"""


def _base_spec() -> dict:
    """Return what each container is made from: without what takes CAP_SYS_RESOURCE to set."""
    made = subprocess.run(["ctr", "oci", "spec"], check=True, capture_output=True, text=True)
    spec = json.loads(made.stdout)
    spec["process"].pop("rlimits", None)
    spec["process"].pop("oomScoreAdj", None)
    return spec
