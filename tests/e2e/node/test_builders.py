"""Builders on a real node: each builds from a private repository for a registry with a password."""

import base64
import json
import re
import shutil
from datetime import datetime

import binaries
import git_server
import httpx
import network
import node_images
import pytest
import registry
from calls import annotated, parent, sync
from git_over_http import serving
from processes import ROOT, Program, wait_until

from hooks.children import account
from hooks.settings import Git, Settings

PLACE = "builders"
PORT, GIT_PORT = 5001, 8418
HOST = f"{network.ADDRESS}:{PORT}"
USER, PASSWORD, TOKEN = "builder", "p-registry", "p-git"
BCRYPT = "$2b$12$EFcj5NEQ1/OH.9XCbnWhk.1/sTwQmONldKznD571Ld464qyFqRoDO"
"""What a registry stores of the password."""
URL = f"http://{network.ADDRESS}:{GIT_PORT}/private/data"
DOCKERFILE = """\
FROM python:3.13-slim
RUN pip install --no-cache-dir numpy
COPY load.sh /usr/local/bin/
"""
BUILDERS = ("buildkit", "buildah", "kaniko")
IMAGES = {each: f"{registry.ADDRESS}/e2e/{each}:1" for each in ("buildah", "kaniko")}
KANIKO = binaries.CACHE / "kaniko" / "executor"
KANIKO_RECIPE = """\
FROM scratch
COPY executor /kaniko/executor
COPY ca-certificates.crt /kaniko/ssl/certs/
ENV HOME=/root USER=root PATH=/usr/local/bin:/kaniko SSL_CERT_DIR=/kaniko/ssl/certs
WORKDIR /workspace
"""
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
PATIENCE = 900
"""Seconds for a build, on a machine that others use too."""


def settings(builder, **more):
    """Return the settings of a cluster with a private registry and private repositories."""
    made = node_images.builder_settings()
    if builder in IMAGES:
        made["image"] = IMAGES[builder]
    return Settings.model_validate(
        {
            "registry": {
                "url": f"{HOST}/substratus",
                "insecure": True,
                "pushSecret": "registry",
                "pullSecrets": ["registry"],
                "mirrors": {"docker.io": HOST},
            },
            "git": {"secretName": "git"},
            "builder": {**made, "type": builder, **more},
        }
    )


@pytest.fixture(scope="module")
def private(cluster, tmp_path_factory, phase):
    """A registry with a password, a private repository, and the Secrets for both."""
    directory = tmp_path_factory.mktemp("private")
    source = directory / "source"
    source.mkdir()
    (source / "Dockerfile").write_text(DOCKERFILE)
    (source / "load.sh").write_text("#!/bin/sh\n")
    (source / "load.sh").chmod(0o755)
    repositories = directory / "repositories"
    git_server.publish(repositories, "private/data", source)
    with phase("buildah's image"), node_images.buildah(directory) as tool:
        base = f"{registry.ADDRESS}/library/debian:bookworm-slim"
        flags = ("--tls-verify=false", f"--build-arg=BASE={base}")
        tool.build("localhost/buildah", ROOT / "images" / "buildah", *flags)
        tool.push("localhost/buildah", IMAGES["buildah"])
        if KANIKO.exists():
            shutil.copy(node_images.CERTIFICATES, KANIKO.parent)
            (KANIKO.parent / "Dockerfile").write_text(KANIKO_RECIPE)
            tool.build("localhost/kaniko", KANIKO.parent)
            tool.push("localhost/kaniko", IMAGES["kaniko"])
    program = _registry(cluster, directory)
    cluster.create_namespace(PLACE)
    _secrets(cluster)
    with serving(network.ADDRESS, repositories, port=GIT_PORT, login=f"robot:{TOKEN}"):
        yield cluster
    program.stop()


def _registry(cluster, directory):
    """Serve the node's registry a second time, to those who know the password."""
    passwords = directory / "htpasswd"
    passwords.write_text(f"{USER}:{BCRYPT}\n")
    command = registry.configure(directory, cluster.directory / "registry", HOST)
    configuration = directory / "registry.yaml"
    auth = f"auth:\n  htpasswd:\n    realm: private\n    path: {passwords}\n"
    configuration.write_text(configuration.read_text() + auth)
    program = Program("private-registry", command)
    program.start()
    wait_until(is_up, program)
    hosts = cluster.directory / "registries" / HOST
    hosts.mkdir()
    (hosts / "hosts.toml").write_text(
        f'server = "http://{HOST}"\n[host."http://{HOST}"]\ncapabilities = ["pull", "resolve"]\n'
    )
    return program


def _secrets(cluster):
    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    cluster.apply_objects(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "registry"},
            "type": "kubernetes.io/dockerconfigjson",
            "stringData": {".dockerconfigjson": json.dumps({"auths": {HOST: {"auth": auth}}})},
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "git"},
            "stringData": {
                ".git-credentials": f"http://robot:{TOKEN}@{network.ADDRESS}:{GIT_PORT}\n"
            },
        },
        namespace=PLACE,
    )


def build(cluster, builder, *, rebuild=None, **more):
    """Build a Dataset's image as the hooks would; return the Job, its seconds and its output."""
    spec = {"filename": "x", "source": {"git": {"url": URL}}}
    dataset = parent("Dataset", f"data-{builder}", spec, namespace=PLACE)
    dataset = annotated(dataset, rebuild=rebuild) if rebuild else dataset
    children = sync(dataset, settings=settings(builder, **more))["children"]
    cluster.apply_objects(*children, namespace=PLACE)
    job = ended(cluster, next(each for each in children if each["kind"] == "Job"))
    name = job["metadata"]["name"]
    output = cluster.kubectl("logs", f"job/{name}", "-n", PLACE, "--all-containers", check=False)
    assert job["status"].get("succeeded"), output
    status = job["status"]
    return job, _time(status["completionTime"]) - _time(status["startTime"]), output


def ended(cluster, job):
    """Return the Job when it is over, however that is."""
    name = job["metadata"]["name"]

    def over():
        (found,) = cluster.get("jobs", name, PLACE)
        conditions = found.get("status", {}).get("conditions", [])
        ends = {each["type"] for each in conditions if each["status"] == "True"}
        return found if ends & {"Complete", "Failed"} else None

    return cluster.wait(f"the end of {name}", over, seconds=PATIENCE)


def _time(text):
    return datetime.fromisoformat(text).timestamp()


def is_up():
    """Say whether the private registry answers, if only that it wants a password."""
    try:
        return httpx.get(f"http://{HOST}/v2/").status_code == 401
    except httpx.HTTPError:
        return False


def has_image(job):
    """Say whether the registry, asked with the password, has what the Job says it pushed."""
    image = job["metadata"]["annotations"]["substratus.ai/result"]
    name, _, tag = image.removeprefix(f"{HOST}/").rpartition(":")
    found = httpx.get(
        f"http://{HOST}/v2/{name}/manifests/{tag}",
        auth=(USER, PASSWORD),
        headers={"Accept": ", ".join(MANIFESTS)},
    )
    return found.status_code == 200


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_build(private, phase, builder):
    """And again with what the first one left in the registry."""
    if builder == "kaniko" and not KANIKO.exists():
        pytest.skip(f"no package registry has kaniko; its `executor` would be {KANIKO}")
    job, first, _ = build(private, builder)
    assert has_image(job)
    again, second, output = build(private, builder, rebuild="1")
    assert has_image(again)
    assert re.search("CACHED|Using cach", output)
    phase.add(f"  {builder}, nothing in the cache", first)
    phase.add(f"  {builder}, all in the cache ({first / second:.1f} times as fast)", second)


def test_without_the_password_nothing_is_had(private):
    assert is_up()


def test_without_the_token_no_source_is_had(private):
    """The Secret may be absent, and then a private repository is reported as git reports it."""
    spec = {"filename": "x", "source": {"git": {"url": URL}}}
    dataset = parent("Dataset", "nobody", spec, namespace=PLACE)
    without = settings("buildkit").model_copy(
        update={"git": Git.model_validate({"secretName": "other"})}
    )
    children = sync(dataset, settings=without)["children"]
    private.apply_objects(*children, namespace=PLACE)
    job = ended(private, next(each for each in children if each["kind"] == "Job"))
    assert "failed" in job["status"]


def test_what_was_built_is_pulled_with_the_password(private):
    job, _, _ = build(private, "buildkit")
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pulls", "namespace": PLACE},
        "spec": {
            **account.for_pod("data-loader", settings("buildkit")),
            "restartPolicy": "Never",
            "containers": [
                {
                    "name": "loader",
                    "image": job["metadata"]["annotations"]["substratus.ai/result"],
                    "command": ["load.sh"],
                }
            ],
        },
    }
    private.apply_objects(pod, namespace=PLACE)
    private.wait("its end", lambda: phase_of(private, "pulls") == "Succeeded", seconds=PATIENCE)


def phase_of(cluster, name):
    return cluster.get("pods", name, PLACE)[0].get("status", {}).get("phase")
