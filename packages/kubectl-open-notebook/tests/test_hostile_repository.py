"""A repository that somebody clones, and opens a notebook in with --sync: the whole command."""

import os
import subprocess

import pytest
from opened import NOTEBOOKS, notebook
from sides import content

QUIET = "--no-open-browser"
PROFILE = "untouched\n"


@pytest.fixture
def clone(cluster):
    """Clones a repository that tracks links and files into the directory that is synced."""

    def make(links, files=()):
        source = cluster.local.parent / "source"
        source.mkdir()
        (cluster.home / ".profile").write_text(PROFILE)
        (cluster.home / "papers").mkdir()
        (cluster.home / "papers" / "thesis").write_text(PROFILE)
        for path, target in links.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).symlink_to(target)
        for path in files:
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text("evil")
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", source]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "add", "--force", "--all"], check=True)
        subprocess.run([*git, "commit", "-qm", "evil"], check=True)
        subprocess.run(["git", "clone", "-q", source, cluster.local], check=True)

    return make


def homes(cluster):
    """Return what is in the person's home, but for what the command keeps and the test reads."""
    return {
        str(path.relative_to(cluster.home)): path.read_text()
        for path in cluster.home.rglob("*")
        if path.is_file() and path.name not in {"said", "printed"} and ".local" not in path.parts
    }


UNTOUCHED = {".profile": PROFILE, "papers/thesis": PROFILE}


@pytest.mark.parametrize(
    "target", ["../..", "../home", "../home/papers", "../home/.profile", "../x"]
)
def test_a_mark_that_is_a_link_is_refused_before_a_pod_starts(opened, cluster, clone, target):
    clone({".substratus": target}, ["$(touch evil)"])
    cluster.add(NOTEBOOKS, notebook(suspend=True))
    found = opened("nb", QUIET, "--sync")
    assert found.end() == 1
    assert "/.substratus is not a directory of the sync's own, but a link or a file." in found.said
    assert (homes(cluster), cluster.get()["spec"]["suspend"]) == (UNTOUCHED, True)


LINKS = {
    "a lock": {".substratus/lock": "../../home/.profile"},
    "rules": {".substratus/.gitignore": "../../home/.profile"},
    "a state": {
        f".substratus/{mark}.json{new}": "../../home/.profile"
        for mark in ("", "0" * 32)
        for new in ("", ".new")
    },
    "an id": {".substratus/id": "../../home/.profile"},
    "files on their way": {".substratus/tmp": "../../home/papers"},
    "a directory": {"src": "../home/papers"},
    "a file": {"a.py": "../home/.profile"},
    "the rules of git": {".gitignore": "../home/.profile"},
}


@pytest.mark.parametrize("links", LINKS.values(), ids=LINKS)
def test_nothing_is_reached_through_a_link_that_is_tracked(opened, cluster, clone, links):
    clone(links, ["$(touch evil)", "b.py"])
    sources = cluster.root / "src"
    (sources / "src").mkdir()
    for path in ("src/thesis", "src/new", "a.py", ".gitignore", "there.py"):
        (sources / path).write_text("from the notebook")
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    found.wait_for((cluster.local / "there.py").exists)
    assert found.leave() == 0
    assert homes(cluster) == UNTOUCHED
    assert {"b.py", "$(touch evil)"} <= set(content(sources))


OF_THE_IMAGE = [{".substratus": "../kept"}, {".substratus/tmp": "../../kept"}, {"src": "../kept"}]


@pytest.mark.parametrize("links", OF_THE_IMAGE)
def test_the_same_repository_in_the_image_reaches_nothing_there(opened, cluster, links):
    sources, kept = cluster.root / "src", cluster.root / "kept"
    for path, target in links.items():
        (sources / path).parent.mkdir(parents=True, exist_ok=True)
        (sources / path).symlink_to(target)
    kept.mkdir()
    (kept / "token").write_text(PROFILE)
    os.utime(kept / "token", (0, 0))
    (cluster.local / "src").mkdir()
    (cluster.local / "src" / "token").write_text("evil")
    found = opened("nb", QUIET, "--sync")
    found.wait_for("Ctrl-C")
    found.leave()
    assert content(kept) == {"token": PROFILE}


def test_a_hostile_answer_ends_it_in_a_sentence(opened, cluster):
    """The image has a `find` of its own."""
    (cluster.path / "find").write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exit 0\nprintf "f 1 1.0 644 ../home/.profile\\\\0"\n'
    )
    (cluster.path / "find").chmod(0o755)
    found = opened("nb", QUIET, "--sync")
    assert found.end() == 1
    assert found.said.splitlines()[-1].startswith(
        "Error: The Pod does not answer as the scripts do"
    )
    assert cluster.get()["spec"]["suspend"] is True
