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
    said = run("check", "-f", "-", "-n", "team", "--from-cluster", text=server).stdout
    assert "names Model" not in said


def test_what_kubectl_says_is_reported_in_a_sentence(kubectl):
    kubectl(fails="Error from server (Forbidden): no rights")
    result = run("graph", "--from-cluster")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: kubectl could not read the cluster: Error from server (Forbidden): no rights\n",
    )


def test_of_kubectls_log_and_its_words_only_the_words_are_reported(kubectl):
    log = 'E1126 15:04:05.1 1 memcache.go:265] "Unhandled Error" err="dial tcp: refused"'
    last = "The connection to the server localhost:8080 was refused - is it the right host or port?"
    kubectl(fails=f"{log}\n{log}\n{last}")
    assert run("graph", "--from-cluster").stderr == (
        f"Error: kubectl reaches no cluster: {last} `kubectl config current-context` shows which "
        "one it asks.\n"
    )


def test_a_cluster_without_the_kinds_learns_how_to_get_them(kubectl):
    kubectl(fails='error: the server doesnt have a resource type "datasets"')
    said = run("graph", "--from-cluster").stderr
    assert said == (
        "Error: The cluster does not know the kinds of substratus.ai. Install them: "
        "substratus install | kubectl apply -f -\n"
    )


def test_no_kubectl_is_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert "kubectl is not on the PATH" in run("graph", "--from-cluster").stderr


def twice():
    """Return a Model and its server of the same names in two namespaces."""
    objects = [model("a"), thing("ModelServer", "a", modelName="a")]
    return text(
        *(
            {**each, "metadata": {**each["metadata"], "namespace": namespace}}
            for namespace in ("blue", "green")
            for each in objects
        )
    )


@pytest.mark.parametrize("command", ["render", "simulate", "explain", "images", "cost"])
def test_the_same_name_in_two_namespaces_is_shown_with_both(command):
    arguments = ["-o", "table"] if command in {"render", "images"} else []
    shown = run(command, "-f", "-", *arguments, text=twice()).stdout
    assert "blue" in shown
    assert "green" in shown


@pytest.mark.parametrize("command", ["simulate", "cost"])
def test_a_name_in_one_namespace_is_shown_without_it(command):
    shown = run(command, "-f", "-", "-n", "blue", text=text(model("a"))).stdout
    assert "/blue/" not in shown


def test_a_failure_is_of_one_namespace_where_it_names_one():
    failing = ("--fail", "Model/blue/a:build=OOMKilled")
    ends = json.loads(run("simulate", "-f", "-", *failing, "-o", "json", text=twice()).stdout)
    ready = {each["object"]: each["ready"] for each in ends["objects"]}
    assert (ready["Model/blue/a"], ready["Model/green/a"]) == ("False", "True")


def test_nothing_to_read_is_a_sentence():
    assert "Name objects with --file" in run("graph").stderr


def test_bash_takes_the_completion():
    script = run("completion", "bash").stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_asks_the_command(shell):
    assert "_SUBSTRATUS_COMPLETE" in run("completion", shell).stdout
