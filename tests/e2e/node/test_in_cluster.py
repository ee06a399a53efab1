"""The hooks and Metacontroller in the cluster, from metacontroller/ as it is shipped."""

import os
import shutil
import subprocess
from pathlib import Path

import binaries
import node_images
import pytest
import registry
from mission import JOBS, PATIENCE, answer, steps, words
from processes import ROOT
from readiness import wait_all_ready
from stack import controllers

MANIFESTS = Path(__file__).parent / "metacontroller.yaml"
BASE = "library/python:3.13.7-slim-bookworm"
IMAGE = "substratusai/substratus-hooks:0.1.0"
"""What metacontroller/deployment.yaml names, without ghcr.io, which the registry stands in for."""


@pytest.fixture(scope="module")
def images(cluster, phase):
    """The hook server's image from the project's Dockerfile, and Metacontroller's."""
    with (
        phase("image of the hook server"),
        node_images.buildah(cluster.directory) as tool,
    ):
        make = [
            "make",
            "image",
            "BUILDER=buildah",
            f"IMAGE={registry.ADDRESS}/{IMAGE}",
            f"BUILD_FLAGS=--tls-verify=false --build-arg=BASE={registry.ADDRESS}/{BASE}",
        ]
        environment = {**os.environ, **tool.environment}
        done = subprocess.run(
            make, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        tool.push(f"{registry.ADDRESS}/{IMAGE}", f"{registry.ADDRESS}/{IMAGE}")
        context = cluster.directory / "metacontroller"
        context.mkdir()
        shutil.copy(binaries.metacontroller(), context / "metacontroller")
        recipe = node_images.RECIPES / "metacontroller.Dockerfile"
        base = f"--build-arg=BASE={registry.ADDRESS}/library/debian:bookworm-slim"
        tool.build("metacontroller", context, "--tls-verify=false", base, file=recipe)
        tool.push("metacontroller", f"{registry.ADDRESS}/metacontroller:e2e")


@pytest.fixture
def installed(cluster, stack, images, tmp_path):
    """The README's two lines, on a cluster where Metacontroller has an aggregated role."""
    shipped = tmp_path / "metacontroller"
    shutil.copytree(ROOT / "metacontroller", shipped)
    shutil.copy(cluster.write_settings(), shipped / "settings.yaml")
    stack.metacontroller.stop()
    cluster.kubectl("apply", f"--filename={MANIFESTS}")
    cluster.kubectl("apply", f"--filename={ROOT / 'crds'}")
    cluster.kubectl("apply", f"--kustomize={shipped}")
    yield
    cluster.kubectl("delete", "--ignore-not-found", f"--kustomize={shipped}")
    cluster.kubectl("delete", "--ignore-not-found", f"--filename={MANIFESTS}")
    text = controllers(stack.recorder.address)
    cluster.kubectl("apply", "--filename=-", text=text)
    stack.metacontroller.start()
    stack.metacontroller.wait()


def test_the_mission_runs_with_all_of_it_in_the_cluster(cluster, stack, installed, namespace):
    calls = len(stack.recorder.calls)
    cluster.kubectl("-n", "substratus", "rollout", "status", "deployment/hooks", "--timeout=180s")
    waiting = ("rollout", "status", "deployment/metacontroller", "--timeout=180s")
    cluster.kubectl("-n", "metacontroller", *waiting)
    cluster.apply_objects(*words(epochs=1), namespace=namespace)
    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    assert steps(cluster, namespace) == JOBS
    assert answer(cluster, namespace) == "one two three four"
    assert len(stack.recorder.calls) == calls
    assert denied(cluster) == []


def denied(cluster):
    """Return what Metacontroller asked for and its role did not grant."""
    log = cluster.kubectl("-n", "metacontroller", "logs", "deployment/metacontroller")
    return [line for line in log.splitlines() if "forbidden" in line]
