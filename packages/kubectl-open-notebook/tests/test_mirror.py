"""Two real directories follow each other, by the scripts that run in the Pod."""

import os
import shutil
import subprocess

import pytest
from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.mirror import rounds
from kubectl_open_notebook.mirror.local import LocalDirectory
from sides import content

ODD_NAMES = [
    "a b.py",
    "-rf",
    "--help",
    "ä ö.txt",
    "a'b\"c",
    "$(touch x)",
    "`id`;",
    "back\\slash",
    "*",
    "x" * 200,
    ".hidden",
    "deep/er/and/deeper",
]


def test_a_file_made_here_is_there(sides):
    sides.write("local", "src/a.py", "print(1)")
    sides.sync()
    assert content(sides.notebook) == {"src/a.py": "print(1)"}


def test_a_file_made_there_is_here(sides):
    sides.write("notebook", "n.ipynb", "{}")
    sides.sync()
    assert content(sides.local) == {"n.ipynb": "{}"}


@pytest.mark.parametrize("side", ["local", "notebook"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_is_carried(sides, side, name):
    sides.write(side, name, "1")
    sides.sync()
    assert content(sides.local) == content(sides.notebook) == {name: "1"}


@pytest.mark.parametrize("side", ["local", "notebook"])
def test_a_name_with_a_line_break_is_left_alone(sides, side):
    sides.write(side, "a\nb", "1")
    sides.write(side, "c", "1")
    sides.sync()
    other = sides.notebook if side == "local" else sides.local
    assert content(other) == {"c": "1"}


@pytest.mark.parametrize(("side", "other"), [("local", "notebook"), ("notebook", "local")])
def test_a_deletion_is_followed(sides, side, other):
    sides.write("local", "a/b/c", "1")
    sides.write("local", "d", "2")
    sides.sync()
    (getattr(sides, side) / "a/b/c").unlink()
    sides.sync()
    assert content(getattr(sides, other)) == {"d": "2"}


@pytest.mark.parametrize(("side", "other"), [("local", "notebook"), ("notebook", "local")])
def test_a_directory_that_is_empty_by_a_deletion_goes_too(sides, side, other):
    sides.write("local", "a/b/c", "1")
    sides.sync()
    shutil.rmtree(getattr(sides, side) / "a")
    sides.sync()
    assert not (getattr(sides, other) / "a").exists()


@pytest.mark.parametrize("side", ["local", "notebook"])
def test_a_deletion_while_nothing_synced_is_followed_the_next_time(sides, side):
    sides.write("local", "a", "1")
    sides.sync()
    sides.close()
    (getattr(sides, side) / "a").unlink()
    sides.open()
    sides.sync()
    assert content(sides.local) == content(sides.notebook) == {}


def test_an_edit_while_nothing_synced_is_not_a_conflict(sides):
    sides.write("local", "a", "1")
    sides.sync()
    sides.close()
    sides.write("local", "a", "22")
    sides.open()
    sides.sync()
    assert content(sides.local) == content(sides.notebook) == {"a": "22"}


def test_a_claim_that_is_empty_again_gets_everything_and_deletes_nothing(sides):
    sides.write("local", "a", "1")
    sides.sync()
    sides.close()
    shutil.rmtree(sides.notebook)
    sides.notebook.mkdir()
    sides.open()
    sides.sync()
    assert content(sides.local) == content(sides.notebook) == {"a": "1"}


def test_a_claim_that_is_empty_all_of_a_sudden_deletes_nothing(sides):
    sides.write("local", "a", "1")
    sides.sync()
    for each in (sides.notebook / ".substratus", sides.notebook / "a"):
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    with pytest.raises(rounds.ScriptError):
        sides.mirror.round()
    assert content(sides.local) == {"a": "1"}


def test_a_local_directory_that_was_made_again_deletes_nothing(sides):
    sides.write("local", "a", "1")
    sides.sync()
    shutil.rmtree(sides.local)
    sides.local.mkdir()
    sides.sync()
    assert content(sides.local) == content(sides.notebook) == {"a": "1"}


def test_a_local_directory_that_is_gone_deletes_nothing(sides):
    sides.write("local", "a", "1")
    sides.sync()
    shutil.rmtree(sides.local)
    with pytest.raises(Failure, match="Nothing was deleted in the notebook"):
        sides.mirror.round()
    assert content(sides.notebook) == {"a": "1"}


@pytest.mark.parametrize(("newer", "older"), [("local", "notebook"), ("notebook", "local")])
def test_a_change_on_both_sides_keeps_the_older_beside_the_newer(sides, newer, older):
    sides.write("local", "a.py", "old")
    sides.sync()
    sides.write(newer, "a.py", "the newer one", age=10)
    sides.write(older, "a.py", "the older one", age=20)
    sides.sync()
    found = content(sides.local)
    assert found == content(sides.notebook)
    assert found.pop("a.py") == "the newer one"
    assert list(found.values()) == ["the older one"]
    assert next(iter(found)).startswith(f"a.conflict-{older}-")


def test_the_same_change_on_both_sides_is_not_a_conflict(sides):
    sides.write("local", "a.py", "the same", age=10)
    sides.write("notebook", "a.py", "the same", age=20)
    assert [each.moved for each in sides.sync()] == [False]


def test_what_changes_there_meanwhile_is_not_overwritten(sides):
    sides.write("local", "a", "old")
    sides.sync()
    sides.write("local", "a", "from here", age=20)

    def meanwhile(script):
        sides.shell.before = lambda _: None
        sides.write("notebook", "a", "typed meanwhile", age=10)

    sides.shell.before = meanwhile
    sides.sync()
    assert sorted(content(sides.local).values()) == ["from here", "typed meanwhile"]


def test_what_changes_here_meanwhile_is_not_overwritten(sides):
    sides.write("local", "a", "old")
    sides.sync()
    sides.write("notebook", "a", "from there", age=20)

    def meanwhile(script):
        sides.shell.before = lambda _: None
        sides.write("local", "a", "typed meanwhile", age=10)

    sides.shell.before = meanwhile
    sides.sync()
    assert sorted(content(sides.notebook).values()) == ["from there", "typed meanwhile"]


def test_a_file_that_is_still_written_waits(sides):
    sides.write("local", "a", "1")
    outcome = sides.mirror.round()
    assert (outcome.late, outcome.sent) == (["a"], 0)


@pytest.mark.parametrize("side", ["local", "notebook"])
def test_a_symbolic_link_is_left_alone(sides, side, tmp_path):
    (getattr(sides, side) / "link").symlink_to(tmp_path)
    sides.sync()
    assert content(sides.notebook) == content(sides.local) == {}


def test_nothing_is_written_through_a_local_symbolic_link(sides, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (sides.local / "a").symlink_to(outside)
    sides.write("notebook", "a/b", "evil")
    outcome = sides.sync()[-1]
    assert (outcome.blocked, list(outside.iterdir())) == (["a/b"], [])


def test_nothing_is_written_through_a_symbolic_link_that_is_made_meanwhile(sides, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    sides.write("notebook", "a/b", "evil")

    def meanwhile(script):
        sides.shell.before = lambda _: None
        (sides.local / "a").symlink_to(outside)

    sides.shell.before = meanwhile
    sides.mirror.round(everything=True)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": [[1], [2]]}'])
def test_a_common_state_that_cannot_be_read_deletes_nothing(sides, text):
    sides.write("local", "a", "1")
    sides.write("local", "b", "1")
    sides.sync()
    sides.close()
    next(sides.state.glob("*/*.json")).write_text(text)
    (sides.notebook / "a").unlink()
    sides.open()
    sides.sync()
    assert set(content(sides.local)) == {"a", "b"}


def test_a_file_replaced_by_a_directory_follows(sides):
    sides.write("local", "a", "1")
    sides.sync()
    (sides.local / "a").unlink()
    sides.write("local", "a/b", "2")
    sides.sync()
    assert content(sides.notebook) == {"a/b": "2"}


def test_a_directory_replaced_by_a_file_follows(sides):
    sides.write("local", "a/b", "2")
    sides.sync()
    shutil.rmtree(sides.notebook / "a")
    sides.write("notebook", "a", "1")
    sides.sync()
    assert content(sides.local) == {"a": "1"}


@pytest.mark.parametrize(("side", "other"), [("local", "notebook"), ("notebook", "local")])
def test_the_executable_bit_goes_along(sides, side, other):
    sides.write(side, "run.sh", "#!/bin/sh")
    sides.sync()
    (getattr(sides, side) / "run.sh").chmod(0o755)
    sides.sync()
    assert os.access(getattr(sides, other) / "run.sh", os.X_OK)


def test_what_gitignore_names_stays_on_its_side(sides):
    sides.write("local", ".gitignore", "*.log\n")
    sides.write("local", "a.log", "1")
    sides.write("notebook", "b.log", "2")
    sides.sync()
    assert (set(content(sides.local)), set(content(sides.notebook))) == (
        {".gitignore", "a.log"},
        {".gitignore", "b.log"},
    )


def test_a_gitignore_that_comes_from_the_notebook_counts_at_once(sides):
    sides.write("notebook", ".gitignore", "big/\n")
    sides.write("notebook", "big/data", "1")
    sides.sync()
    assert content(sides.local) == {".gitignore": "big/\n"}


def test_a_file_that_is_ignored_later_is_deleted_nowhere(sides):
    sides.write("local", "a.log", "1")
    sides.sync()
    sides.write("local", ".gitignore", "*.log\n")
    sides.sync()
    assert {"a.log"} <= set(content(sides.local)) & set(content(sides.notebook))


def test_gits_own_files_stay_on_their_side(sides):
    sides.write("local", ".git/HEAD", "ref")
    sides.write("notebook", "lib/.git/HEAD", "ref")
    assert [each.moved for each in sides.sync()] == [False]


def test_an_image_without_gnu_find_is_refused_in_a_sentence(sides, tmp_path):
    sides.close()
    find = tmp_path / "find"
    find.write_text("#!/bin/sh\nexit 1\n")
    find.chmod(0o755)
    sides.shell.environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with pytest.raises(Failure, match="The notebook's image lacks what the sync needs: find"):
        sides.open()


def test_a_notebook_that_cannot_be_written_to_is_refused_in_a_sentence(sides):
    sides.close()
    shutil.rmtree(sides.notebook)
    sides.notebook.write_text("in the way")
    with pytest.raises(Failure, match="The notebook cannot be synced: the directory"):
        sides.open()


def test_two_syncs_of_one_local_directory_are_refused(sides):
    with pytest.raises(Failure, match="Another 'kubectl open notebook --sync' has the directory"):
        LocalDirectory(sides.local, sides.state)


def test_what_was_on_its_way_is_cleared_away_at_the_end(sides):
    sides.write("local", "a", "1")
    sides.write("notebook", "b", "1")
    sides.sync()
    sides.close()
    found = {each.name for side in (sides.local, sides.notebook) for each in side.iterdir()}
    assert found == {".substratus", "a", "b"}


def test_a_transfer_that_is_cut_off_changes_nothing_there(sides):
    sides.write("local", "a", "old")
    sides.sync()
    sides.write("local", "a", "new" * 1_000_000)

    def cut(script):
        if "tar -xf" in script:
            sides.shell.environment = {"PATH": f"{sides.notebook.parent}:{os.environ['PATH']}"}

    tar = sides.notebook.parent / "tar"
    tar.write_text('#!/bin/sh\nhead -c 100000 | /bin/tar "$@"\n')
    tar.chmod(0o755)
    sides.shell.before = cut
    outcome = sides.mirror.round(everything=True)
    assert (outcome.sent, content(sides.notebook)["a"]) == (0, "old")
    assert "The notebook's side failed" in outcome.trouble[0]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_here_loses_nothing_and_is_said(sides, small_disk):
    sides.close()
    sides.local = small_disk
    sides.open()
    sides.write("notebook", "big", b"x" * 2_000_000)
    sides.write("notebook", "small", "1")
    sides.write("local", "mine", "2")
    outcome = sides.mirror.round(everything=True)
    assert "the disk is full" in outcome.trouble[0]
    assert content(sides.local).keys() == {"mine", "small"}
    assert content(sides.notebook).keys() == {"big", "small", "mine"}


def test_with_room_again_the_sync_continues(sides, small_disk):
    sides.close()
    sides.local = small_disk
    sides.open()
    sides.write("notebook", "big", b"x" * 2_000_000)
    sides.mirror.round(everything=True)
    subprocess.run(["mount", "-o", "remount,size=9m", small_disk], check=True)
    sides.sync()
    assert len(content(sides.local)["big"]) == 2_000_000


def test_a_full_disk_there_loses_nothing_and_is_said(sides, small_disk):
    sides.close()
    sides.notebook = small_disk
    sides.open()
    sides.write("local", "big", b"x" * 2_000_000)
    sides.write("notebook", "theirs", "1")
    outcome = sides.mirror.round(everything=True)
    assert "The notebook's side failed: the disk is full." in outcome.trouble[0]
    assert content(sides.local).keys() == {"big", "theirs"}
