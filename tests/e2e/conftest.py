"""One cluster for all tests of a run, and on it one hook server and one Metacontroller."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import binaries
import fixtures
import pytest
import readiness
from control_plane import ControlPlane
from given_cluster import GivenCluster, GivenClusterError, configuration
from processes import LOGS
from recorder import Recorder
from stack import HookServer, Metacontroller, Stack, controllers

PHASES = pytest.StashKey[list[tuple[str, float]]]()


class Phases:
    """What took how long."""

    def __init__(self, phases):
        self._phases = phases

    @contextlib.contextmanager
    def __call__(self, name):
        """Measure the content of a context."""
        started = time.monotonic()
        yield
        self.add(name, time.monotonic() - started)

    def add(self, name, seconds):
        """Report what was measured elsewhere."""
        self._phases.append((name, seconds))


def pytest_addoption(parser):
    parser.addoption(
        "--record",
        nargs="?",
        type=Path,
        const=fixtures.DIRECTORY,
        default=fixtures.DIRECTORY if os.environ.get("RECORD") == "1" else None,
        help="Write the requests of a real Metacontroller there; tests/fixtures/recorded/ "
        "is the default. RECORD=1 does the same.",
    )
    parser.addoption(
        "--metacontroller-verbosity",
        type=int,
        default=0,
        help="How much Metacontroller logs; 6 holds every request and answer.",
    )


def pytest_configure(config):
    config.stash[PHASES] = []
    # Asked to end, a run ends its programs first.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


def pytest_terminal_summary(terminalreporter, config):
    """Report the times of the phases, and each test that did not run with its reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("not run", sep="-")
    for report in skipped:
        reason = report.longrepr[2].removeprefix("Skipped: ")
        terminalreporter.write_line(f"{report.nodeid}: {reason}")
    for name, seconds in config.stash[PHASES]:
        terminalreporter.write_line(f"phase {name}: {seconds:.1f} s")


@pytest.fixture(scope="session")
def phase(request):
    """A context that reports at the end of the run how long its content took."""
    return Phases(request.config.stash[PHASES])


@pytest.fixture(scope="session")
def cluster(phase):
    """A cluster with fake nodes and the kinds of the project and of Metacontroller."""
    shutil.rmtree(LOGS, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="substratus-e2e-") as directory:
        found = _cluster(Path(directory), phase)
        try:
            with phase("control plane"):
                found.start()
                found.install()
            yield found
        except GivenClusterError as error:
            pytest.exit(str(error), returncode=1)
        finally:
            found.stop()


def _cluster(directory, phase):
    try:
        binaries.kubectl()
        given = configuration()
        with phase("programs"):
            for each in binaries.TOOL_LIST:
                if not given or each.name == "kwok":
                    binaries.program(each.name)
    except binaries.MissingProgramError as error:
        pytest.skip(f"no cluster: {error} `make test` runs the tests that need none.")
    except GivenClusterError as error:
        pytest.exit(str(error), returncode=1)
    return GivenCluster(directory, given) if given else ControlPlane(directory)


@pytest.fixture(scope="session")
def audit(cluster):
    """The API server's log of writes."""
    if cluster.audit is None:
        pytest.skip("the given cluster's audit log, by which writes are counted, is out of reach")
    return cluster.audit


@pytest.fixture(scope="session")
def metacontroller(cluster, phase, request):
    """A real Metacontroller, without controllers of its own."""
    try:
        program = binaries.metacontroller()
    except binaries.MissingProgramError as error:
        pytest.exit(str(error), returncode=1)
    if program is None:
        pytest.skip(
            "no Metacontroller: set METACONTROLLER to its program, or put it on the PATH or at "
            f"{binaries.CACHE / 'metacontroller'}"
        )
    verbosity = request.config.getoption("--metacontroller-verbosity")
    found = Metacontroller(program, cluster, verbosity=verbosity, logs=cluster.logs)
    with phase("Metacontroller"):
        found.start()
        found.wait()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def hooks(cluster, phase):
    """The hook server under gunicorn."""
    settings = cluster.write_settings()
    found = HookServer(settings, logs=cluster.logs)
    with phase("hook server"):
        found.start()
        found.wait()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def stack(cluster, metacontroller, hooks, recorded):
    """Metacontroller with the project's controllers, which calls the hooks through a recorder."""
    real = cluster.real_nodes() if isinstance(cluster, GivenCluster) else []
    if real:
        pytest.skip(
            f"nodes {', '.join(real)} of the given cluster would pull images that do not exist; "
            "`kubectl cordon` them for the tests"
        )
    recorder = Recorder(hooks.port)
    cluster.kubectl("apply", "--filename=-", text=controllers(recorder.address))
    yield Stack(hooks, recorder, metacontroller)
    recorder.stop()
    if recorded:
        fixtures.write(recorder.calls, recorded)
        fixtures.write_every(recorder.calls, fixtures.EVERY_CALL)


@pytest.fixture(scope="session")
def recorded(request):
    """The directory where fixtures are written, emptied; None where none are."""
    directory = request.config.getoption("--record")
    if directory:
        fixtures.clear(directory)
    return directory


@pytest.fixture
def namespace(cluster, request):
    """A namespace of the test's own."""
    name = request.node.name.split("[")[0].removeprefix("test_").replace("_", "-")[:50].strip("-")
    cluster.create_namespace(name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module")
def examples(cluster, stack, phase, request):
    """A namespace of the module's own, with all examples Ready."""
    name = request.module.__name__.removeprefix("test_")
    cluster.create_namespace(name)
    with phase(f"examples Ready, for {name}"):
        cluster.apply(readiness.EXAMPLES, namespace=name)
        readiness.wait_all_ready(cluster, name)
    yield name
    # Its GPUs are free for the next module, and nothing of it writes while that one counts.
    cluster.kubectl("delete", "namespace", name, "--timeout=90s")
