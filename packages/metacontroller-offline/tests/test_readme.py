"""The README's example is a test file that passes."""

import subprocess
import sys
from pathlib import Path

import metacontroller_offline

README = (Path(__file__).parent.parent / "README.md").read_text()


def example():
    return "".join(each.split("```")[0] for each in README.split("```python\n")[1:])


def run(directory):
    (directory / "test_greetings.py").write_text(example())
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "."]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_the_example_of_the_readme_passes(tmp_path):
    assert "5 passed" in run(tmp_path).stdout


def test_a_project_may_have_a_folder_hooks_of_its_own(tmp_path):
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks/__init__.py").write_text("raise AssertionError('it was imported')")
    assert "5 passed" in run(tmp_path).stdout


def test_the_readme_says_which_versions_are_emulated():
    versions = (
        f"Metacontroller {metacontroller_offline.METACONTROLLER_VERSION} and "
        f"Kubernetes {metacontroller_offline.KUBERNETES_VERSION} "
    )
    assert versions in README
