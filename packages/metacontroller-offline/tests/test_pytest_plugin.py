"""The pytest plugin shows what a simulation did in the report of a test that fails."""

import subprocess
import sys
from pathlib import Path

TEST = """
from test_engine import CRD, bar, controller

def test_it(simulation):
    sim = simulation([CRD, controller(), bar()], lambda _: {"status": {}, "children": []})
    sim.settle()
    assert %s
"""


def report(tmp_path, condition):
    engine = (Path(__file__).parent / "engine.py").read_text()
    (tmp_path / "test_engine.py").write_text(engine)
    (tmp_path / "test_it.py").write_text(TEST % condition)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    return done.stdout


def test_a_test_that_fails_shows_the_last_calls_and_the_timeline(tmp_path):
    text = report(tmp_path, "False")
    assert "sync of Bar default/a at http://hooks/sync" in text
    assert "Bar default/a: created" in text


def test_a_test_that_passes_shows_nothing(tmp_path):
    assert "timeline" not in report(tmp_path, "True")
