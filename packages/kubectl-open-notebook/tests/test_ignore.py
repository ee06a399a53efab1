"""What is ignored here is what git ignores: git itself is asked."""

import contextlib
import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.mirror.ignore import Ignore
from kubectl_open_notebook.mirror.patterns import RuleError, quick
from pathspec import GitIgnoreSpec

FILES = [
    "a.log",
    "a.py",
    "build/out",
    "deep/a.log",
    "deep/build/out",
    "deep/keep.log",
    "deep/er/keep.log",
    "data/big.bin",
    "data/small.txt",
    "docs/a b.txt",
    "trailing ",
    "#hash",
    "!bang",
    "x/y/z/w",
]
CASES = {
    "a pattern": {".gitignore": "*.log\n"},
    "a directory": {".gitignore": "build/\n"},
    "from the root only": {".gitignore": "/build\n"},
    "an exception": {".gitignore": "*.log\n!keep.log\n"},
    "an exception further down": {".gitignore": "*.log\n", "deep/.gitignore": "!keep.log\n"},
    "a rule further down": {"deep/.gitignore": "*.log\n"},
    "a rule from its own directory": {"deep/.gitignore": "/build\n"},
    "nothing comes back from an ignored directory": {
        ".gitignore": "deep/\n!deep/keep.log\n",
        "deep/.gitignore": "!*\n",
    },
    "everything but": {".gitignore": "data/*\n!data/small.txt\n"},
    "stars": {".gitignore": "x/**/w\n**/build\n"},
    "marks": {".gitignore": "\\#hash\n\\!bang\n# comment\n\n"},
    "a space": {".gitignore": "docs/a b.txt\ntrailing\\ \n"},
}


@pytest.mark.parametrize("rules", CASES.values(), ids=CASES)
def test_it_ignores_what_git_ignores(rules, tmp_path):
    for path, text in (dict.fromkeys(FILES, "") | rules).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "-zo", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(Ignore(tmp_path).kept([*FILES, *rules])) == set(listed.stdout.split("\0")) - {""}


PIECES = ["a", "b", ".", "*", "*", "**", "?", "/", "[ab]", "[!a]", "\\*"]
PARTS = st.text("ab.*", min_size=1, max_size=6)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join),
    st.lists(st.lists(PARTS, min_size=1, max_size=5).map("/".join), min_size=1, max_size=8),
)
def test_a_rule_that_is_made_quick_matches_what_it_matched(rule, paths):
    for each in GitIgnoreSpec.from_lines([rule]).patterns:
        if each.regex is not None:
            with contextlib.suppress(RuleError):
                found = re.compile(quick(each.regex.pattern))
                for path in (*paths, *(f"{path}/" for path in paths)):
                    assert bool(found.match(path)) == bool(each.regex.match(path)), path


@pytest.mark.parametrize("rule", ["*a" * 20 + "b", "*?a" * 20 + "b", "a" + "*" * 40 + "b"])
def test_a_rule_of_many_stars_is_answered(rule, tmp_path):
    """As it was, five stars took an hour for one name."""
    (tmp_path / ".gitignore").write_text(rule)
    assert Ignore(tmp_path).kept(["a" * 250]) == ["a" * 250]


@pytest.mark.parametrize("rule", ["**/a/" * 6 + "b", "*[!b]" * 6 + "b"])
def test_a_rule_that_cannot_be_answered_soon_is_refused(rule, tmp_path):
    (tmp_path / ".gitignore").write_text(rule)
    with pytest.raises(Failure, match="has more stars than can be tried in time"):
        Ignore(tmp_path).ignores("a")


def test_a_repository_above_counts_too(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.ckpt\n/notebooks/data\n")
    root = tmp_path / "notebooks"
    root.mkdir()
    assert Ignore(root).kept(["a.ckpt", "a.py", "data", "deep/data"]) == ["a.py", "deep/data"]


def test_a_repository_above_that_ignores_the_directory_itself_does_not_count(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("work/\n*.ckpt\n")
    root = tmp_path / "work"
    root.mkdir()
    assert Ignore(root).kept(["a.ckpt", "a.py"]) == ["a.ckpt", "a.py"]


def test_what_is_above_without_a_repository_does_not_count(tmp_path):
    (tmp_path / ".gitignore").write_text("*\n")
    root = tmp_path / "work"
    root.mkdir()
    assert Ignore(root).kept(["a.py"]) == ["a.py"]


@pytest.mark.parametrize(
    "path", [".git/HEAD", "lib/.git", ".substratus/x", "a/.ipynb_checkpoints/b"]
)
def test_what_belongs_to_a_tool_on_its_side_is_always_ignored(path, tmp_path):
    assert Ignore(tmp_path).ignores(path)
