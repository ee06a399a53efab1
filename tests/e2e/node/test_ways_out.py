"""Sources that the settings alone lead to: through a proxy, or under an authority of their own.

In both cases all steps run, from the build to an answer.
"""

import functools
import http.server
import shutil
import threading

import git_server
import network
import pytest
from certificates import Authority
from failing import annotate, wait_fails
from forward_proxy import proxying
from git_over_http import serving
from mission import PATIENCE, WORKLOADS, answer, words
from readiness import wait_all_ready

GIT, FILES = "git.outside.test", "files.outside.test"
"""Hosts that nothing but the proxy can find."""
FETCH = "from urllib.request import urlretrieve; import sys; urlretrieve(*sys.argv[1:])"
DOCKERFILE = f"""\
FROM python:3.13-slim
RUN python3 -c '{FETCH}' http://{FILES}/built.txt /built.txt
COPY --chmod=755 load.sh /usr/local/bin/
"""
LOADER = f"""\
#!/bin/sh
exec python3 -c '{FETCH}' http://{FILES}/numbers.jsonl "$LOAD_DATA_PATH"
"""
DATA = '{"text": "one two three"}\n{"text": "three four"}\n'


@pytest.fixture(scope="module")
def repositories(tmp_path_factory):
    """A directory with the workloads' repository; its loader fetches the data from elsewhere."""
    directory = tmp_path_factory.mktemp("outside")
    source = shutil.copytree(WORKLOADS, directory / "source")
    (source / "numbers" / "Dockerfile").write_text(DOCKERFILE)
    (source / "numbers" / "load.sh").write_text(LOADER)
    git_server.publish(directory / "repositories", "workloads", WORKLOADS)
    git_server.publish(directory / "repositories", "fetching", source)
    return directory / "repositories"


@pytest.fixture
def files(tmp_path):
    """The port of a server on the loopback with two files."""
    (tmp_path / "built.txt").write_text("built\n")
    (tmp_path / "numbers.jsonl").write_text(DATA)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def from_elsewhere(datasets, models, **options):
    """Return the objects of words.yaml with other repositories, and options of their builds."""
    objects = words(epochs=1)
    for each in objects:
        if git := each["spec"].get("source", {}).get("git"):
            git["url"] = datasets if each["kind"] == "Dataset" else models
            each["spec"] |= options
    return objects


def wait_both_builds_fail(cluster, namespace, says):
    for resource, name in (("datasets", "numbers"), ("models", "words")):
        assert says in wait_fails(cluster, resource, name, "BuildFailed", namespace)


def try_again(cluster, namespace, datasets, models):
    cluster.apply_objects(*from_elsewhere(datasets, models), namespace=namespace)
    annotate(cluster, "datasets", "numbers", namespace, retry="1")
    annotate(cluster, "models", "words", namespace, retry="1")
    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    assert answer(cluster, namespace) == "one two three four"


def test_a_proxy_is_the_only_way_to_the_sources(
    cluster, stack, other_hooks, namespace, repositories, files, tmp_path
):
    """Clones by HTTP and HTTPS, the base image's registry beside it, a RUN, and a loader."""
    authority = Authority(tmp_path, "outside")
    certificate = authority.sign("git", address=f"DNS:{GIT}")
    with (
        serving("127.0.0.1", repositories) as plain,
        serving("127.0.0.1", repositories, certificate=certificate) as secure,
        proxying(
            network.ADDRESS,
            {f"{GIT}:80": plain, f"{GIT}:443": secure, f"{FILES}:80": files},
        ) as proxy,
    ):
        urls = (f"http://{GIT}/fetching", f"https://{GIT}/workloads")
        cluster.apply_objects(*from_elsewhere(*urls, retries=0), namespace=namespace)
        wait_both_builds_fail(cluster, namespace, f"Could not resolve host: {GIT}")
        assert not proxy.asked

        url = f"http://{network.ADDRESS}:{proxy.server_port}"
        other_hooks(
            cluster.write_settings(
                proxy={"http": url, "https": url, "noProxy": [".svc", network.ADDRESS]},
                git={"certificates": {GIT: authority.certificate.read_text()}},
            )
        )
        try_again(cluster, namespace, *urls)
        assert {each.partition("/info/refs")[0] for each in proxy.asked} >= {
            f"GET {GIT}:80/fetching",
            f"CONNECT {GIT}:443",
            f"GET {FILES}:80/built.txt",
            f"GET {FILES}:80/numbers.jsonl",
        }


def test_a_git_server_has_an_authority_of_its_own(
    cluster, stack, other_hooks, namespace, repositories, tmp_path
):
    authority = Authority(tmp_path, "firm")
    certificate = authority.sign("git", address=f"IP:{network.ADDRESS}")
    with serving(network.ADDRESS, repositories, certificate=certificate) as port:
        host = f"{network.ADDRESS}:{port}"
        urls = [f"https://{host}/workloads"] * 2
        cluster.apply_objects(*from_elsewhere(*urls, retries=0), namespace=namespace)
        wait_both_builds_fail(cluster, namespace, "certificate")

        trusted = {host: authority.certificate.read_text()}
        other_hooks(cluster.write_settings(git={"certificates": trusted}))
        try_again(cluster, namespace, *urls)
