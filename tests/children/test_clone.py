"""What the clone fetches, tried with a real git: a branch, a commit, files of LFS."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hooks.api import GitSource
from hooks.children.clone import make_clone
from hooks.settings import Settings

URL = "https://git.example.com/team/model"
WEIGHTS = b"weights\n"
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    f"oid sha256:{hashlib.sha256(WEIGHTS).hexdigest()}\nsize {len(WEIGHTS)}\n"
)
needs_lfs = pytest.mark.skipif(not shutil.which("git-lfs"), reason="git-lfs is not on this machine")


def git(directory, *arguments, env=None):
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
        cwd=directory,
        env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", **(env or {})},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """Return a repository whose branch has moved on from its first commit."""
    found = tmp_path / "repository"
    found.mkdir()
    git(found, "init", "--quiet", "--initial-branch=main")
    for text in ("first", "second"):
        (found / "file").write_text(text)
        git(found, "add", ".")
        git(found, "commit", "--quiet", "-m", text)
    return found


def commit(repository, revision="main"):
    return git(repository, "rev-parse", revision)


def cloned(tmp_path, repository, *, path=None, protocol="2", **source):
    """Run the container's command; return how it ended, and its termination message."""
    container = make_clone(GitSource(url=URL, **source), Settings())
    message = tmp_path / "message"
    message.write_text("")
    places = {"/workspace": str(tmp_path), "/dev/termination-log": str(message)}

    def here(text):
        for place, other in places.items():
            text = text.replace(place, other)
        return text.replace(URL, f"file://{repository}")

    env = {each["name"]: here(each["value"]) for each in container["env"]}
    done = subprocess.run(
        [here(each) for each in (*container["command"], *container["args"])],
        env={
            "PATH": path or os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            **env,
            "GIT_ALLOW_PROTOCOL": "file",
            "GIT_CONFIG_PARAMETERS": f"'protocol.version={protocol}'",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done, message.read_text().strip()


def read(tmp_path, name="file"):
    return (tmp_path / "source" / name).read_bytes().decode()


def test_a_branch_is_fetched_as_it_is_now(tmp_path, repository):
    cloned(tmp_path, repository, branch="main")
    assert read(tmp_path) == "second"


def test_the_clone_says_which_commit_it_fetched(tmp_path, repository):
    assert cloned(tmp_path, repository)[1] == commit(repository)


def test_a_commit_is_fetched_whatever_became_of_the_branch(tmp_path, repository):
    first = commit(repository, "main~1")
    _, said = cloned(tmp_path, repository, branch="main", commit=first)
    assert (read(tmp_path), said) == ("first", first)


def test_a_server_that_gives_no_single_commit_gives_its_branches(tmp_path, repository):
    first = commit(repository, "main~1")
    done, said = cloned(tmp_path, repository, commit=first, protocol="0")
    assert (done.returncode, said) == (0, first)
    assert "all branches and tags are fetched" in done.stderr


def test_a_commit_that_is_not_there_is_named(tmp_path, repository):
    done, said = cloned(tmp_path, repository, commit="a" * 40)
    assert (done.returncode, said) == (1, "")
    assert f"has the commit {'a' * 40}." in done.stderr


def with_lfs(repository):
    (repository / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    (repository / "weights.bin").write_text(POINTER)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "weights")


def store(repository):
    """Put the file of LFS where its server has it."""
    oid = hashlib.sha256(WEIGHTS).hexdigest()
    place = repository / ".git" / "lfs" / "objects" / oid[:2] / oid[2:4]
    place.mkdir(parents=True)
    (place / oid).write_bytes(WEIGHTS)


@needs_lfs
@pytest.mark.parametrize("pinned", [False, True])
def test_files_of_lfs_are_fetched(tmp_path, repository, pinned):
    with_lfs(repository)
    store(repository)
    done, _ = cloned(tmp_path, repository, **({"commit": commit(repository)} if pinned else {}))
    assert (done.returncode, read(tmp_path, "weights.bin")) == (0, WEIGHTS.decode()), done.stderr


@needs_lfs
def test_files_of_lfs_are_kept_once(tmp_path, repository):
    with_lfs(repository)
    store(repository)
    cloned(tmp_path, repository)
    assert not (tmp_path / "source" / ".git" / "lfs").exists()


@needs_lfs
def test_a_file_of_lfs_that_cannot_be_fetched_ends_the_clone(tmp_path, repository):
    with_lfs(repository)
    done, said = cloned(tmp_path, repository)
    assert (done.returncode != 0, said) == (True, "")
    assert "weights.bin" in done.stderr


@pytest.fixture
def no_lfs(tmp_path):
    """Return a PATH with all but git-lfs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for each in Path("/usr/bin").iterdir():
        if each.name != "git-lfs":
            (programs / each.name).symlink_to(each)
    return str(programs)


def test_without_git_lfs_the_clone_says_what_is_missing(tmp_path, repository, no_lfs):
    with_lfs(repository)
    done, said = cloned(tmp_path, repository, path=no_lfs)
    assert (done.returncode != 0, said) == (True, "")
    assert "builder.gitImage has no git-lfs" in done.stderr


def test_without_files_of_lfs_no_git_lfs_is_needed(tmp_path, repository, no_lfs):
    assert cloned(tmp_path, repository, path=no_lfs)[0].returncode == 0
