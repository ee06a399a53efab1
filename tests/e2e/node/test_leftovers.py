"""A real node that is on this machine already: its run lives, or was killed and left it."""

import os
import subprocess
import sys

import debian
import leftovers
import network
import pytest
from processes import ROOT
from real_node import NodeExistsError, RealNode

HALF_A_NODE = """
import signal, subprocess, network
held = network.hold()
network.start()
subprocess.Popen(["sleep", "600"], start_new_session=True)
print("made", flush=True)
signal.pause()
"""
"""A run that has the node: its bridge, and a program that outlives it."""


def refuse():
    raise ConnectionRefusedError


@pytest.fixture
def run_with_a_node():
    """A process that has the real node of this machine, and begins to make it."""
    if why := debian.why_no_node():
        pytest.skip(f"no real node: {why}")
    debian.install()
    environment = {**os.environ, leftovers.MARK: "tests", "PYTHONPATH": str(ROOT / "tests/e2e")}
    command = [sys.executable, "-c", HALF_A_NODE]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"made\n"
        yield process
        process.kill()
    leftovers.remove()


def test_a_node_that_a_living_run_has_is_left_alone(run_with_a_node, tmp_path):
    with pytest.raises(NodeExistsError, match="make cluster-down"):
        RealNode(tmp_path / "node").start()
    RealNode(tmp_path / "node").stop()
    assert network.is_up()
    assert run_with_a_node.pid in leftovers.programs()


def test_what_a_killed_run_left_is_removed_by_the_next(run_with_a_node, tmp_path, monkeypatch):
    run_with_a_node.kill()
    run_with_a_node.wait()
    left = leftovers.programs()
    assert left
    assert network.is_up()
    node = RealNode(tmp_path / "node")
    monkeypatch.setattr(network, "start", refuse)
    with pytest.raises(ConnectionRefusedError):
        node.start()
    assert not network.is_up()
    assert not leftovers.programs()
    node.stop()
