"""`make cluster`: a real node with the project installed, which stays until `make cluster-down`."""

import os
import shutil
import signal
import subprocess
import sys
import time

import binaries
import debian
import leftovers
import network
from processes import ROOT
from real_node import RealNode
from stack import HookServer, Metacontroller, controllers

DIRECTORY = ROOT / "build" / "cluster"
STATE = DIRECTORY / "state"
LOGS = DIRECTORY / "logs"
KUBECONFIG = STATE / "kubeconfig"
READY = STATE / "ready"
SUPERVISOR = DIRECTORY / "supervisor.pid"
PATIENCE = 1800
"""Seconds to wait for the cluster; the first time, its programs and images are made."""


def up() -> int:
    """Start the cluster in the background; print how to use it."""
    if problem := _why_not():
        print(f"No cluster: {problem}")
        return 1
    for program in (*binaries.TOOL_LIST, *binaries.NODE_TOOL_LIST):
        binaries.program(program.name)
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    LOGS.mkdir(parents=True)
    log = LOGS / "cluster"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, __file__, "run"],
            stdout=output,
            stderr=output,
            env={**os.environ, leftovers.MARK: str(STATE)},
            start_new_session=True,
        )
    SUPERVISOR.write_text(str(process.pid))
    until = time.monotonic() + PATIENCE
    while not READY.exists():
        if process.poll() is not None or time.monotonic() > until:
            down()
            print(f"No cluster; {log} ends:\n" + "\n".join(log.read_text().splitlines()[-15:]))
            return 1
        time.sleep(0.2)
    print(f"export KUBECONFIG={KUBECONFIG}")
    return 0


def down() -> int:
    """End the cluster, or whatever is left of one."""
    if SUPERVISOR.exists():
        process = int(SUPERVISOR.read_text())
        if process in leftovers.programs():
            os.kill(process, signal.SIGTERM)
            until = time.monotonic() + 60
            while process in leftovers.programs() and time.monotonic() < until:
                time.sleep(0.1)
    leftovers.remove()
    shutil.rmtree(STATE, ignore_errors=True)
    SUPERVISOR.unlink(missing_ok=True)
    return 0


def run() -> int:
    """Be the cluster until SIGTERM."""
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    STATE.mkdir()
    cluster = RealNode(STATE, logs=LOGS)
    programs = []
    try:
        cluster.start()
        programs = _install(cluster)
        READY.touch()
        while not asked:
            time.sleep(0.2)
    finally:
        for program in programs:
            program.stop()
        cluster.stop()
    return 0


def _why_not() -> str:
    if why := debian.why_no_node():
        return why
    if network.is_held():
        return "a real node is on this machine; `make cluster-down` ends it."
    if binaries.metacontroller() is None:
        return "there is no Metacontroller: set METACONTROLLER to its program."
    debian.install()
    return ""


def _install(cluster: RealNode) -> list:
    cluster.install()
    cluster.publish("substratusai/substratus", ROOT, "examples")
    hooks = HookServer(cluster.write_settings(), logs=LOGS)
    hooks.start()
    hooks.wait()
    metacontroller = Metacontroller(binaries.metacontroller(), cluster, logs=LOGS)
    metacontroller.start()
    metacontroller.wait()
    cluster.kubectl("apply", "--filename=-", text=controllers(f"http://127.0.0.1:{hooks.port}"))
    return [metacontroller, hooks]


if __name__ == "__main__":
    sys.exit({"up": up, "down": down, "run": run}[sys.argv[1]]())
