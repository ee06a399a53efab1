"""What the plugin's tests share: two directories that sync, and a command that is open."""

import contextlib

import pytest
from opened import NOTEBOOKS, Cluster, Opened, notebook
from sides import Sides


@pytest.fixture
def sides(tmp_path):
    found = Sides(tmp_path)
    yield found
    found.close()


@pytest.fixture
def cluster(tmp_path):
    """A cluster with the Notebook nb, suspended, and its Model."""
    found = Cluster(tmp_path)
    found.add(NOTEBOOKS, notebook(suspend=True))
    found.add("models.substratus.ai", {"metadata": {"name": "opt"}, "spec": {}})
    yield found
    if (found.root / "calls").exists():
        for verb in ("exec", "port-forward", "get"):
            for _ in found.calls(verb):
                found.kill(verb)


@pytest.fixture
def opened(cluster):
    """Runs the command; ends it with the test."""
    with contextlib.ExitStack() as leaving:

        def run(*arguments):
            found = Opened(cluster, *arguments)
            leaving.callback(found.close)
            return found

        yield run
