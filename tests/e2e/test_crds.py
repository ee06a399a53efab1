"""The CRDs on a real API server: what it takes, what it refuses, and what it says then."""

import json
import subprocess

import pytest
import yaml
from processes import ROOT
from readiness import example_files
from stack import BIN

CASES = yaml.safe_load((ROOT / "tests" / "api" / "rules.yaml").read_text())


def dry_run(cluster, manifest):
    return cluster.kubectl(
        "apply",
        "--dry-run=server",
        "--validate=strict",
        "--namespace=default",
        "--filename=-",
        text=json.dumps(manifest),
        check=False,
    )


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["case"])
def test_the_api_server_takes(cluster, case):
    assert "created (server dry run)" in dry_run(cluster, case["object"])


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_the_api_server_refuses(cluster, case):
    answer = " ".join(dry_run(cluster, case["object"]).split())
    assert " is invalid: " in answer
    assert case["server"] in answer


@pytest.mark.parametrize("example", example_files(), ids=lambda path: path.stem)
def test_the_api_server_takes_the_example(cluster, example):
    text = cluster.kubectl("apply", "--dry-run=server", "--validate=strict", f"-f={example}")
    count = len([each for each in yaml.safe_load_all(example.read_text()) if each])
    assert text.count("created (server dry run)") == count


@pytest.mark.parametrize("example", example_files(), ids=lambda path: path.stem)
def test_the_api_server_takes_every_child_of(cluster, example):
    command = [BIN / "substratus", "render", "-f", example]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    text = cluster.kubectl("apply", "--dry-run=server", "--validate=strict", "-f=-", text=rendered)
    count = len([each for each in yaml.safe_load_all(rendered) if each])
    assert count
    assert text.count("created (server dry run)") == count
