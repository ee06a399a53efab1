"""A cluster with one real node, where there can be one, instead of one with fake nodes."""

import os
import shutil
import tempfile
from pathlib import Path

import binaries
import debian
import leftovers
import node_images
import pytest
from mission import WORKLOADS
from processes import LOGS
from real_node import NodeExistsError, RealNode
from stack import HookServer

NODE_LOGS = LOGS.with_name("node-logs")


def pytest_collection_modifyitems(items):
    """Put the tests that start and end nodes of their own before the run's own node."""
    items.sort(key=lambda item: "cluster" in item.fixturenames)


@pytest.fixture(scope="session")
def possible(phase):
    """What must be there for a node: the tests that need one are skipped with the reason."""
    if why := debian.why_no_node():
        pytest.skip(f"no real node: {why}")
    os.environ[leftovers.MARK] = "tests"
    try:
        with phase("Debian packages"):
            debian.install()
        with phase("node programs"):
            for each in (*binaries.TOOL_LIST, *binaries.NODE_TOOL_LIST):
                binaries.program(each.name)
        with phase("node images"):
            node_images.prepare()
    except (RuntimeError, binaries.MissingProgramError) as error:
        pytest.skip(f"no real node: {error}")


@pytest.fixture(scope="session")
def cluster(possible, phase):
    """A control plane and one real node, with the kinds of the project and of Metacontroller."""
    shutil.rmtree(NODE_LOGS, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="substratus-e2e-") as directory:
        found = RealNode(Path(directory), logs=NODE_LOGS)
        try:
            with phase("real node"):
                found.start()
                found.install()
            found.publish("e2e/workloads", WORKLOADS)
            yield found
        except NodeExistsError as error:
            pytest.exit(str(error), returncode=1)
        finally:
            found.stop()


@pytest.fixture
def other_hooks(stack, cluster):
    """A function that puts other hooks in the place of the run's own, until the test ends."""
    started = []

    def replace(settings, source=None):
        other = HookServer(
            settings,
            logs=cluster.logs,
            port=stack.hooks.port,
            source=source,
        )
        stack.hooks.stop()
        started.append(other)
        other.start()
        other.wait()
        look_again()

    def look_again():
        # So that all objects are looked at now, and not when they next change.
        stack.metacontroller.kill()
        stack.metacontroller.start()
        stack.metacontroller.wait()

    yield replace
    if not started:
        return
    for other in started:
        other.stop()
    stack.hooks.start()
    stack.hooks.wait()
    look_again()
