"""The bridge of a real node: its Pods, its registry and its git server have addresses on it."""

import json
import socket
import subprocess
from pathlib import Path

BRIDGE = "substratus-e2e"
ADDRESS = "10.213.0.1"
"""The node's own address, which Pods and the host reach."""
PODS = "10.213.0.0/24"
FIRST_POD = "10.213.0.10"
_FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
_NAME = f"\0{BRIDGE}"
"""A socket's name of the network, as the bridge is one of its links, and in no file."""


def is_up() -> bool:
    """Say whether a real node has the bridge now, or left it."""
    return Path("/sys/class/net", BRIDGE).exists()


def hold() -> socket.socket | None:
    """Return what says that a living process has the real node; None where another says so.

    The kernel takes it back when the process ends, however that happens.
    """
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(_NAME)
    except OSError:
        held.close()
        return None
    return held


def is_held() -> bool:
    """Say whether a living process has the real node."""
    held = hold()
    if held:
        held.close()
    return held is None


def start() -> None:
    """Make the bridge, and let what is on it reach what the host reaches."""
    _ip("link", "add", BRIDGE, "mtu", str(_mtu()), "type", "bridge")
    # The bridge itself remembers what was before, for whoever removes it.
    _ip("link", "set", BRIDGE, "alias", f"ip_forward={_FORWARDING.read_text().strip()}", "up")
    _ip("addr", "add", f"{ADDRESS}/{PODS.partition('/')[2]}", "dev", BRIDGE)
    _FORWARDING.write_text("1")
    _nft(
        f"""
        table ip {BRIDGE} {{
          chain postrouting {{
            type nat hook postrouting priority srcnat;
            ip saddr {PODS} oifname != "{BRIDGE}" masquerade
          }}
        }}
        """
    )


def stop() -> None:
    """Remove all of it; nothing is done where there is no bridge."""
    if not is_up():
        return
    before = Path("/sys/class/net", BRIDGE, "ifalias").read_text().strip()
    _ip("link", "delete", BRIDGE)
    _nft(f"add table ip {BRIDGE}; delete table ip {BRIDGE}")
    if before.startswith("ip_forward="):
        _FORWARDING.write_text(before.removeprefix("ip_forward="))


def pod_network() -> str:
    """Return the configuration of the Pods' network, as CNI has it."""
    bridge = {
        "type": "bridge",
        "bridge": BRIDGE,
        "isGateway": True,
        "hairpinMode": True,
        "mtu": _mtu(),
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": PODS, "rangeStart": FIRST_POD, "gateway": ADDRESS}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    plugins = [bridge, {"type": "loopback"}]
    return json.dumps({"cniVersion": "0.4.0", "name": BRIDGE, "plugins": plugins})


def _mtu() -> int:
    """Return the size of packets on the way out, which Pods must keep to."""
    routes = json.loads(_ip("-json", "route", "show", "default") or "[]")
    device = routes[0]["dev"] if routes else "lo"
    return min(1500, int(Path("/sys/class/net", device, "mtu").read_text()))


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def _nft(rules: str) -> None:
    subprocess.run(["nft", "--file", "-"], input=rules, check=True, capture_output=True, text=True)
