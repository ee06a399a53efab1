"""Private git repositories: what `git` is given, tried with a real git."""

import os
import subprocess

import pytest
from rendering import pods

from hooks.children import git_access
from hooks.settings import Git, Settings

GIT = Git.model_validate({"secretName": "git"})
PRIVATE = Settings(git=GIT)


def clones(settings):
    return [pod["spec"] for step, pod in pods(settings, "125m-cpu") if step == "build"]


def clone_of(spec):
    return next(iter(spec.get("initContainers", [])), None)


@pytest.fixture(params=[spec for spec in clones(PRIVATE) if clone_of(spec)])
def spec(request):
    return request.param


def test_the_secret_may_be_absent(spec):
    assert {
        "name": "git-secret",
        "secret": {"secretName": "git", "optional": True},
    } in spec["volumes"]


def test_the_secret_is_in_no_other_container(spec):
    builder = spec["containers"][0]
    assert "git-secret" not in {each["name"] for each in builder["volumeMounts"]}


def test_the_user_has_a_name_for_ssh(spec):
    mounts = clone_of(spec)["volumeMounts"]
    assert {
        "name": "files",
        "mountPath": "/etc/passwd",
        "subPath": "passwd",
        "readOnly": True,
    } in mounts


def test_without_a_secret_nothing_asks_for_one():
    assert not any("git-secret" in str(spec) for spec in clones(Settings()))


def asked(tmp_path, url, stored):
    """Return what git would answer a server with, from this store."""
    (tmp_path / ".git-credentials").write_text(stored)
    env = {
        each["name"]: each["value"].replace("/etc/git-secret", str(tmp_path))
        for each in git_access.environment(GIT)
    }
    found = subprocess.run(
        ["git", "credential", "fill"],
        input=f"url={url}\n\n",
        env={"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return dict(line.split("=", 1) for line in found.stdout.splitlines())


STORED = "https://robot:secret@git.example.com\n"


def test_a_token_is_given_to_its_own_host(tmp_path):
    found = asked(tmp_path, "https://git.example.com/team/model", STORED)
    assert (found["username"], found["password"]) == ("robot", "secret")


def test_a_token_is_given_to_no_other_host(tmp_path):
    assert asked(tmp_path, "https://evil.example.com/team/model", STORED) == {}


def test_the_store_is_not_written_to(tmp_path):
    env = {
        each["name"]: each["value"].replace("/etc/git-secret", str(tmp_path))
        for each in git_access.environment(GIT)
    }
    subprocess.run(
        ["git", "credential", "approve"],
        input="url=https://git.example.com\nusername=a\npassword=b\n\n",
        env={"PATH": os.environ["PATH"], **env},
        text=True,
        check=True,
    )
    assert not (tmp_path / ".git-credentials").exists()


def test_ssh_asks_nobody_and_believes_known_hosts_alone():
    env = {each["name"]: each["value"] for each in git_access.environment(GIT)}
    assert "StrictHostKeyChecking=yes" in env["GIT_SSH_COMMAND"]
    assert "IdentitiesOnly=yes" in env["GIT_SSH_COMMAND"]


PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
AUTHORITIES = Settings(
    git=Git.model_validate({"certificates": {"git.corp": PEM, "git.lab:8443": PEM}})
)


def certificate_for(url, settings):
    """Return the file that a real git believes for a URL."""
    environment = {each["name"]: each["value"] for each in git_access.environment(settings.git)}
    found = subprocess.run(
        ["git", "config", "--get-urlmatch", "http.sslCAInfo", url],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("https://git.corp/a/b", "/etc/builder/git-git.corp.crt"),
        ("https://git.lab:8443/a/b", "/etc/builder/git-git.lab_8443.crt"),
        ("https://github.com/a/b", ""),
    ],
)
def test_a_servers_own_authority_is_believed_for_that_server_alone(url, file):
    assert certificate_for(url, AUTHORITIES) == file


def test_the_certificates_are_files_of_the_clone():
    spec = next(each for each in clones(AUTHORITIES) if clone_of(each))
    assert {"name": "files", "mountPath": "/etc/builder", "readOnly": True} in (
        clone_of(spec)["volumeMounts"]
    )
    assert git_access.files(AUTHORITIES.git, 1000) == {
        "git-git.corp.crt": PEM,
        "git-git.lab_8443.crt": PEM,
    }


def test_certificates_and_a_secret_go_together():
    both = Settings(git=Git.model_validate({"secretName": "git", "certificates": {"g.corp": PEM}}))
    assert certificate_for("https://g.corp/x", both) == "/etc/builder/git-g.corp.crt"
