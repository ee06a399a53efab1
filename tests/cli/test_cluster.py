"""`--from-cluster` reads with the person's own kubectl, and shells take the completion."""

import json
import subprocess

import pytest

from cli.commands import model, run, text, thing


@pytest.fixture
def kubectl(tmp_path, monkeypatch):
    """Return what puts a kubectl on the PATH that prints some objects, or fails with words."""

    def make(*objects, fails=""):
        placed = [
            {**each, "metadata": {"namespace": "team", **each["metadata"]}} for each in objects
        ]
        (tmp_path / "list.json").write_text(json.dumps({"items": placed}))
        ending = f"echo '{fails}' >&2; exit 1" if fails else f"cat {tmp_path}/list.json"
        program = tmp_path / "kubectl"
        program.write_text(f"#!/bin/sh\n{ending}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return make


def test_what_the_cluster_has_is_read(kubectl):
    kubectl(model("there"))
    assert "there" in run("graph", "--from-cluster").stdout


def test_a_name_that_the_cluster_has_is_defined(kubectl):
    kubectl(model("there"))
    server = text(thing("ModelServer", "a", modelName="there"))
    assert run("check", "-f", "-", "-n", "team", "--from-cluster", text=server).exit_code == 0


def test_what_kubectl_says_is_told_in_a_sentence(kubectl):
    kubectl(fails="Error from server (Forbidden): no rights")
    result = run("graph", "--from-cluster")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: kubectl could not read the cluster: Error from server (Forbidden): no rights\n",
    )


def test_no_kubectl_is_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert "kubectl is not on the PATH" in run("graph", "--from-cluster").stderr


def test_nothing_to_read_is_a_sentence():
    assert "Name objects with --file" in run("graph").stderr


def test_bash_takes_the_completion():
    script = run("completion", "bash").stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_asks_the_command(shell):
    assert "_SUBSTRATUS_COMPLETE" in run("completion", shell).stdout
