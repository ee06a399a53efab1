"""One control plane for all tests of a run, and one stack on it."""

import os
import time

import binaries
import pytest
from control_plane import ROOT, ControlPlane
from given_cluster import GivenCluster
from stack import Stack


def pytest_addoption(parser):
    parser.addoption(
        "--record",
        action="store_true",
        help="Write the requests of a real Metacontroller into tests/fixtures/recorded/.",
    )


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A cluster with the project's CRDs."""
    started = time.monotonic()
    given = os.environ.get("KUBECONFIG")
    try:
        binaries.kubectl()
        for each in () if given else binaries.TOOL_LIST:
            binaries.program(each.name)
    except binaries.MissingProgramError as error:
        pytest.skip(f"no real API server: {error}")
    directory = tmp_path_factory.mktemp("cluster")
    found = GivenCluster(directory, given) if given else ControlPlane(directory)
    try:
        found.start()
        found.apply(ROOT / "crds")
        found.apply(ROOT / "tests" / "e2e" / "manifests" / "metacontroller-crds.yaml")
        found.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        print(f"\nphase control plane: {time.monotonic() - started:.1f} s", flush=True)
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="session")
def stack(cluster):
    """The hook server and Metacontroller on the cluster."""
    if binaries.metacontroller() is None:
        pytest.skip(
            "no Metacontroller: set METACONTROLLER to its program, or put it on the PATH or at "
            f"{binaries.CACHE / 'metacontroller'}"
        )
    if isinstance(cluster, GivenCluster) and not cluster.has_pretended_nodes():
        pytest.skip("the cluster of KUBECONFIG has no kwok nodes, and the examples' images are not")
    found = Stack(cluster)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def namespace(cluster, request):
    """A namespace of the test's own."""
    name = request.node.name.split("[")[0].removeprefix("test_").replace("_", "-")[:50].strip("-")
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")
