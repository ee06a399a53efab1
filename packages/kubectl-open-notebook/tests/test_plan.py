"""What the sync decides, from two listings and their last common state."""

from datetime import UTC, datetime

import pytest
from kubectl_open_notebook.mirror.listing import Side, Tree, Version
from kubectl_open_notebook.mirror.plan import Copy, Delete, Pair, decide

NOW = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
OLD, NEW, NEWER = Version(1, 1_000), Version(2, 2_000), Version(3, 3_000)
TWIN = Version(2, 9_000)
AGREED = {"a.py": Pair(OLD, OLD)}
LOCAL, NOTEBOOK = Side.LOCAL, Side.NOTEBOOK


def plan(local=None, notebook=None, base=None, *, same=None, ahead=0):
    trees = [each if isinstance(each, Tree) else Tree(each or {}) for each in (local, notebook)]
    return decide(*trees, base or {}, same=same or {}, ahead=ahead, now=NOW)


def kept(side):
    return f"a.conflict-{side}-20260131-235959.py"


@pytest.mark.parametrize(
    ("local", "notebook", "base", "copies", "deletes"),
    [
        pytest.param({"a.py": OLD}, {"a.py": OLD}, AGREED, [], [], id="nothing changed"),
        pytest.param({"a.py": NEW}, {}, {}, [Copy("a.py", LOCAL, NEW, None)], [], id="made here"),
        pytest.param(
            {}, {"a.py": NEW}, {}, [Copy("a.py", NOTEBOOK, NEW, None)], [], id="made there"
        ),
        pytest.param(
            {"a.py": NEW},
            {"a.py": OLD},
            AGREED,
            [Copy("a.py", LOCAL, NEW, OLD)],
            [],
            id="changed here",
        ),
        pytest.param(
            {"a.py": OLD},
            {"a.py": NEW},
            AGREED,
            [Copy("a.py", NOTEBOOK, NEW, OLD)],
            [],
            id="changed there",
        ),
        pytest.param(
            {}, {"a.py": OLD}, AGREED, [], [Delete("a.py", NOTEBOOK, OLD)], id="deleted here"
        ),
        pytest.param(
            {"a.py": OLD}, {}, AGREED, [], [Delete("a.py", LOCAL, OLD)], id="deleted there"
        ),
        pytest.param(
            {"a.py": NEW},
            {},
            AGREED,
            [Copy("a.py", LOCAL, NEW, None)],
            [],
            id="changed here and deleted there: the change outlives the deletion",
        ),
        pytest.param(
            {},
            {"a.py": NEW},
            AGREED,
            [Copy("a.py", NOTEBOOK, NEW, None)],
            [],
            id="deleted here and changed there: the change outlives the deletion",
        ),
        pytest.param({}, {}, AGREED, [], [], id="deleted on both sides"),
        pytest.param(
            {"a.py": NEWER},
            {"a.py": NEW},
            AGREED,
            [Copy("a.py", LOCAL, NEWER, NEW, kept(NOTEBOOK))],
            [],
            id="changed on both sides, here later: the notebook's is kept beside it",
        ),
        pytest.param(
            {"a.py": NEW},
            {"a.py": NEWER},
            AGREED,
            [Copy("a.py", NOTEBOOK, NEWER, NEW, kept(LOCAL))],
            [],
            id="changed on both sides, there later: the local one is kept beside it",
        ),
        pytest.param(
            {"a.py": NEWER},
            {"a.py": NEW},
            {},
            [Copy("a.py", LOCAL, NEWER, NEW, kept(NOTEBOOK))],
            [],
            id="never seen before and different: the older is kept beside it",
        ),
    ],
)
def test_a_file(local, notebook, base, copies, deletes):
    found = plan(local, notebook, base)
    assert (found.copies, found.deletes) == (copies, deletes)


def test_what_was_never_on_both_sides_is_never_deleted():
    assert plan({"a.py": OLD}, {}).deletes == plan({}, {"a.py": OLD}).deletes == []


def test_files_of_one_size_are_compared_before_anything_is_done():
    found = plan({"a.py": NEW}, {"a.py": TWIN})
    assert (found.undecided, found.copies) == ({"a.py": Pair(NEW, TWIN)}, [])


def test_files_with_the_same_content_are_left_as_they_are_and_remembered():
    same = {("a.py", Pair(NEW, TWIN)): True}
    found = plan({"a.py": NEW}, {"a.py": TWIN}, same=same)
    assert (found.agreed, found.copies) == ({"a.py": Pair(NEW, TWIN)}, [])


def test_files_of_one_size_that_differ_are_a_conflict():
    same = {("a.py", Pair(NEW, TWIN)): False}
    found = plan({"a.py": NEW}, {"a.py": TWIN}, same=same)
    assert found.copies == [Copy("a.py", NOTEBOOK, TWIN, NEW, kept(LOCAL))]


def test_the_newer_side_is_the_newer_one_by_one_clock():
    """The notebook's clock is ahead by more than the difference."""
    found = plan({"a.py": NEW}, {"a.py": NEWER}, ahead=5_000)
    assert found.copies[0].source == LOCAL


def test_a_name_for_what_is_kept_is_never_one_that_is_there():
    local = {"a.py": NEWER, kept(NOTEBOOK): OLD}
    copies = plan(local, {"a.py": NEW}, {kept(NOTEBOOK): Pair(OLD, OLD)}).copies
    assert next(each.keep for each in copies if each.keep) == (
        "a.conflict-notebook-20260131-235959-2.py"
    )


@pytest.mark.parametrize(
    "notebook",
    [
        pytest.param(Tree({"a": OLD}), id="a file above it"),
        pytest.param(Tree(others=frozenset({"a"})), id="a symbolic link above it"),
        pytest.param(Tree(directories=frozenset({"a", "a/b"})), id="a directory in its place"),
        pytest.param(Tree(others=frozenset({"a/b"})), id="a symbolic link in its place"),
    ],
)
def test_a_file_whose_place_is_taken_is_left_alone(notebook):
    found = plan({"a/b": NEW}, notebook)
    assert "a/b" in found.blocked
    assert not [each for each in found.copies if each.path == "a/b"]


def test_a_file_that_became_a_symbolic_link_is_not_deleted_on_the_other_side():
    assert plan({"a.py": OLD}, Tree(others=frozenset({"a.py"})), AGREED).deletes == []


def test_the_executable_bit_is_a_change():
    found = plan({"a.py": Version(1, 1_000, executable=True)}, {"a.py": OLD}, AGREED)
    assert found.copies[0].version.executable
