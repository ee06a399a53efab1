"""What a real node may leave on the machine, however it ended, and how it goes."""

import os
import signal
import subprocess
import time
from pathlib import Path

import binaries
import network

MARK = "SUBSTRATUS_E2E_NODE"
"""The variable in the environment of every program of a real node; its value is a directory."""
CGROUPS = Path("/sys/fs/cgroup")
PATIENCE = 20


def remove() -> None:
    """End every program of a real node, and remove its bridge, cgroups and rules."""
    until = time.monotonic() + PATIENCE
    while found := programs():
        for process in found:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if time.monotonic() > until:
            raise RuntimeError(f"processes {found} do not end")
        time.sleep(0.1)
    if network.is_up():
        cleanup = [str(binaries.program("kube-proxy")), "--cleanup"]
        subprocess.run(cleanup, check=False, capture_output=True)
    network.stop()
    _remove_cgroups(until)


def programs() -> list[int]:
    """Return the processes that a real node's programs are, and those of its containers."""
    return [int(each.name) for each in Path("/proc").iterdir() if _is_of_node(each)]


def cgroups() -> list[Path]:
    """Return the cgroups that containerd made, children before their parents."""
    found = [
        each
        for parent in (*CGROUPS.glob("k8s.io"), *CGROUPS.glob("*/k8s.io"))
        for each in (parent, *parent.rglob("*"))
        if each.is_dir()
    ]
    return sorted(found, key=lambda each: len(each.parts), reverse=True)


def _is_of_node(process: Path) -> bool:
    if not process.name.isdecimal() or int(process.name) == os.getpid():
        return False
    try:
        return f"{MARK}=".encode() in process.joinpath("environ").read_bytes()
    except OSError:
        return False


def _remove_cgroups(until: float) -> None:
    for group in cgroups():
        while group.exists():
            try:
                group.rmdir()
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
