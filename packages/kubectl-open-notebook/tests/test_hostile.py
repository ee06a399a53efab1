"""What a hostile repository, a hostile notebook or a hostile image can do to a sync: nothing.

Each case sets something up and syncs as far as that goes. Nothing beside the two directories is
touched, no link comes to this machine, and what is refused is a sentence and never a traceback.
"""

import os
import shutil
import tarfile

import pytest
from hostile import World, aged, link, pipe
from kubectl_open_notebook.mirror.reserved import is_reserved

OWN = ".substratus"
EVIL = "evil"


def a_mark_that_is_a_link(world):
    link(world.local / OWN, "../..")


def a_mark_that_is_a_link_to_a_directory(world):
    link(world.local / OWN, world.outside)


def a_mark_that_is_a_broken_link(world):
    link(world.local / OWN, world.outside / "new")


def a_mark_that_is_a_file(world):
    (world.local / OWN).write_text(EVIL)


def a_mark_that_is_a_pipe(world):
    pipe(world.local / OWN)


def a_lock_that_is_a_link(world):
    link(world.local / OWN / "lock", world.outside / "secret")


def an_ignore_file_of_the_mark_that_is_a_link(world):
    link(world.local / OWN / ".gitignore", world.outside / "secret")


def a_state_that_is_a_link_and_a_file_with_a_command_for_a_name(world):
    for mark in ("", "0" * 32):
        link(world.local / OWN / f"{mark}.json.new", world.outside / "secret")
    world.write("local", f"$(touch {EVIL})", "1")


def a_place_for_files_on_their_way_that_is_a_link(world):
    link(world.local / OWN / "tmp", world.outside)
    world.write("notebook", "a", "1")


def a_name_like_that_of_files_on_their_way(world):
    link(world.local / f"{OWN}-0123456789abcdef", world.outside)


def a_mark_in_the_notebook_that_is_a_link(world):
    link(world.notebook / OWN, world.outside)


def a_mark_in_the_notebook_that_is_a_file(world):
    (world.notebook / OWN).write_text(EVIL)


def a_place_for_files_on_their_way_in_the_notebook_that_is_a_link(world):
    link(world.notebook / OWN / "tmp", world.outside)
    world.write("local", "a", "1")


def an_old_name_like_that_of_files_on_their_way_in_the_notebook(world):
    link(world.notebook / f"{OWN}-0123456789", world.outside)
    aged(world.notebook / f"{OWN}-0123456789", 1_000_000_000)


def an_id_of_the_notebook_that_is_a_link(world):
    link(world.notebook / OWN / "id", world.outside / "secret")


def rules_that_are_a_link(world):
    link(world.local / ".gitignore", world.outside / "secret")
    world.write("notebook", ".gitignore", "*.log\n")


def rules_that_are_a_pipe(world):
    pipe(world.local / ".gitignore")


def a_directory_here_that_is_a_link(world):
    link(world.local / "a", world.outside)
    world.write("notebook", "a/new", EVIL)
    world.write("notebook", "a/secret", EVIL)


def a_directory_deep_here_that_is_a_link(world):
    link(world.local / "a/b", world.outside)
    world.write("notebook", "a/b/below/secret", EVIL)


def a_file_here_that_is_a_link(world):
    link(world.local / "a", world.outside / "secret")
    world.write("notebook", "a", EVIL)


def a_file_here_that_is_a_broken_link(world):
    link(world.local / "a", world.outside / "new")
    world.write("notebook", "a", EVIL)


def a_file_here_that_becomes_a_link_while_it_is_fetched(world):
    world.write("notebook", "a", EVIL)
    world.meanwhile_of("fetch", lambda: link(world.local / "a", world.outside / "new"))


def a_directory_here_that_becomes_a_link_while_its_file_is_fetched(world):
    world.write("notebook", "a/secret", EVIL)
    world.meanwhile_of("fetch", lambda: link(world.local / "a", world.outside))


def a_file_here_that_becomes_a_link_before_it_is_deleted(world):
    world.write("local", "a/secret", "untouched", age=10)
    world.try_to_sync()
    shutil.rmtree(world.notebook / "a")
    shutil.rmtree(world.local / "a")
    link(world.local / "a", world.outside)


def a_file_here_that_is_a_pipe(world):
    pipe(world.local / "a")
    world.write("notebook", "a", EVIL)


def a_file_here_that_becomes_a_pipe_while_it_is_sent(world):
    world.write("local", "a", "1", age=10)

    def swap():
        (world.local / "a").unlink()
        pipe(world.local / "a")

    world.meanwhile_of("apply", swap)


def a_directory_in_the_notebook_that_is_a_link(world):
    link(world.notebook / "a", world.outside)
    world.write("local", "a/new", EVIL)
    world.write("local", "a/secret", EVIL)


def a_directory_in_the_notebook_that_becomes_a_link_while_a_file_is_sent(world):
    world.write("local", "a/new", EVIL)
    world.meanwhile_of("apply", lambda: link(world.notebook / "a", world.outside))


def a_file_in_the_notebook_that_is_a_link(world):
    link(world.notebook / "a", world.outside / "secret")
    world.write("local", "a", EVIL)


def a_file_in_the_notebook_that_becomes_a_link_while_one_is_sent(world):
    world.write("local", "a", EVIL)
    world.meanwhile_of("apply", lambda: link(world.notebook / "a", world.outside / "secret"))


def listed(entry):
    return lambda world: world.listing(entry)


def sent(name, **fields):
    """A member of an archive, in the place of a file that was asked for, or beside it."""

    def setup(world):
        world.archive((world.like(name, **fields), b"2"))

    return setup


def a_file_twice_in_an_archive(world):
    world.archive((world.like(), b"1"), (world.like(), b"1"))


def an_archive_that_is_none(world):
    world.like()
    world.sends(os.urandom(10_000))


def an_archive_with_a_header_of_8_gigabytes(world):
    header = world.like("x")
    header.type, header.size = tarfile.XHDTYPE, (8 << 30) - 1
    world.sends(header.tobuf(tarfile.USTAR_FORMAT), "yes")


def an_archive_with_a_time_that_is_none(world):
    world.archive((world.like(pax_headers={"mtime": "soon"}), b"1"))


def an_archive_that_does_not_end(world):
    world.archive((world.like(), b"1"))
    world.sends((world.programs / "archive").read_bytes(), "yes")


def says(program, script):
    def setup(world):
        world.write("local", "a", "here", age=10)
        world.write("notebook", "a", EVIL, age=20)
        world.program(program, script)

    return setup


def a_file_of_another_user(world):
    world.write("notebook", "a", "1", age=10)
    (world.notebook / "a").chmod(0o6777)


def a_time(seconds):
    def setup(world):
        for side in ("local", "notebook"):
            world.write(side, f"from-{side}", "1")
            aged(getattr(world, side) / f"from-{side}", seconds)

    return setup


def a_name_in_the_notebook(name):
    return lambda world: world.write("notebook", name, EVIL, age=10)


def an_end_of_the_directory_between_two_looks(world):
    world.write("local", "a", "1", age=10)
    world.try_to_sync()
    world.meanwhile_of("agent", lambda: shutil.rmtree(world.local))


TIMES = {"in the year 2500": 16_725_225_600, "before 1970": -86_400}
GITS = [
    ".git/hooks/post-checkout",
    ".git",
    "deep/er/.git/config",
    ".Git/hooks/post-checkout",
    ".GIT/config",
    "git~1/hooks/post-checkout",
    "GIT~1/config",
    ".g\u200cit/hooks/post-checkout",
    ".git\ufeff/config",
    ".gi\u202et/config",
    ".git./config",
    ".git /config",
    ".git. ./config",
    ".git::$INDEX_ALLOCATION/config",
    ".git\\hooks\\post-checkout",
    "a\\.git\\config",
    ".SubStratus/x",
    f"{OWN}-0123456789abcdef/x",
    ".IPYNB_checkpoints/x",
]
ENTRIES = {
    "a path above": "f 1 1.0 644 ../outside/secret",
    "a path above, further down": "f 1 1.0 644 a/../../outside/secret",
    "a path from the root": "f 1 1.0 644 /etc/passwd",
    "a path of nothing": "f 1 1.0 644 ",
    "a path with an empty part": "f 1 1.0 644 a//b",
    "a path that is the directory": "d 1 1.0 755 .",
    "a name of 300 bytes": f"f 1 1.0 644 {'x' * 300}",
    "a path of 3,000 bytes": f"f 1 1.0 644 {'x/' * 1500}x",
    "a name with an escape": r"f 1 1.0 644 \033]0;evil\007",
    "a name with a line break": r"f 1 1.0 644 a\nb",
    "a name that is not UTF-8": r"f 1 1.0 644 \377\376",
    "a size below nothing": "f -1 1.0 644 a",
    "a size that is not a number": "f many 1.0 644 a",
    "a size of 10^30": f"f 1{'0' * 30} 1.0 644 a",
    "a time that is not a number": "f 1 soon 644 a",
    "a time in 10^20 seconds": f"f 1 1{'0' * 20}.0 644 a",
    "a mode that is not octal": "f 1 1.0 999 a",
    "a line with too few words": "f 1 1.0",
    "a type that is none": "? ? ? ? ?",
    "a file and one below it": r"f 1 1.0 644 a\0f 1 1.0 644 a/b",
}
PROGRAMS = {
    "a listing of a terabyte": ("stat", "case $* in *%s*) echo 1000000000000 ;; esac"),
    "a listing whose length is none": ("stat", "case $* in *%s*) echo long ;; esac"),
    "a mark that leads elsewhere": ("stat", "echo ../../../evil"),
    "a clock that is none": ("date", "echo soon"),
    "digests that are none": ("xargs", "echo evil"),
    "digests of what was not asked for": (
        "xargs",
        f"printf '{'0' * 64}  ../outside/secret\\0'",
    ),
    "digests without an end": ("xargs", "yes"),
    "an end of each file that is not said": ("mv", "exit 0"),
    "more done than was to do": ("tar", "echo done 0; echo done 99; echo staged; exit 0"),
    "lines about an archive without an end": ("tar", "yes"),
}  # fmt: skip
MEMBERS = {
    "a link in the place of a file": {"type": tarfile.SYMTYPE, "linkname": "../outside/secret"},
    "a hard link in the place of a file": {"type": tarfile.LNKTYPE, "linkname": "../secret"},
    "a device in the place of a file": {"type": tarfile.CHRTYPE},
    "a pipe in the place of a file": {"type": tarfile.FIFOTYPE},
    "a directory in the place of a file": {"type": tarfile.DIRTYPE},
    "a larger file than was asked for": {"size": 1 << 40},
    "a file beside the directory": {"name": "../outside/secret"},
    "a file from the root": {"name": "/evil"},
    "a file that was not asked for": {"name": "b"},
}
PREPARED = [
    a_mark_that_is_a_link,
    a_mark_that_is_a_link_to_a_directory,
    a_mark_that_is_a_broken_link,
    a_mark_that_is_a_file,
    a_mark_that_is_a_pipe,
    a_lock_that_is_a_link,
    an_ignore_file_of_the_mark_that_is_a_link,
    a_state_that_is_a_link_and_a_file_with_a_command_for_a_name,
    a_place_for_files_on_their_way_that_is_a_link,
    a_name_like_that_of_files_on_their_way,
    a_mark_in_the_notebook_that_is_a_link,
    a_mark_in_the_notebook_that_is_a_file,
    a_place_for_files_on_their_way_in_the_notebook_that_is_a_link,
    an_old_name_like_that_of_files_on_their_way_in_the_notebook,
    an_id_of_the_notebook_that_is_a_link,
    rules_that_are_a_link,
    rules_that_are_a_pipe,
    a_directory_here_that_is_a_link,
    a_directory_deep_here_that_is_a_link,
    a_file_here_that_is_a_link,
    a_file_here_that_is_a_broken_link,
    a_file_here_that_becomes_a_link_while_it_is_fetched,
    a_directory_here_that_becomes_a_link_while_its_file_is_fetched,
    a_file_here_that_becomes_a_link_before_it_is_deleted,
    a_file_here_that_is_a_pipe,
    a_file_here_that_becomes_a_pipe_while_it_is_sent,
    a_directory_in_the_notebook_that_is_a_link,
    a_directory_in_the_notebook_that_becomes_a_link_while_a_file_is_sent,
    a_file_in_the_notebook_that_is_a_link,
    a_file_in_the_notebook_that_becomes_a_link_while_one_is_sent,
    a_file_twice_in_an_archive,
    an_archive_that_is_none,
    an_archive_with_a_header_of_8_gigabytes,
    an_archive_with_a_time_that_is_none,
    an_archive_that_does_not_end,
    a_file_of_another_user,
    an_end_of_the_directory_between_two_looks,
]
CASES = {
    **{each.__name__.replace("_", " "): each for each in PREPARED},
    **{f"listed: {what}": listed(entry) for what, entry in ENTRIES.items()},
    **{f"a program of the image: {what}": says(*each) for what, each in PROGRAMS.items()},
    **{f"sent: {what}": sent(**{"name": "a", **each}) for what, each in MEMBERS.items()},
    **{f"a time {when}": a_time(seconds) for when, seconds in TIMES.items()},
    **{f"in the notebook: {name!a}": a_name_in_the_notebook(name) for name in GITS},
}


@pytest.fixture
def world(tmp_path):
    found = World(tmp_path)
    yield found
    found.close()


def files(root):
    return [path for path in root.rglob("*") if path.is_file()]


def test_there_are_cases_of_every_kind():
    assert len(CASES) > 40


@pytest.mark.parametrize("setup", CASES.values(), ids=CASES)
def test_nothing_beside_the_directories_is_touched(setup, world):
    setup(world)
    before, links = world.beside(), world.links()
    world.try_to_sync()
    assert world.beside() == before
    assert world.links() <= links | {world.local / "a"}
    assert not [path for path in world.outside.parent.rglob(EVIL) if path.name == EVIL]


@pytest.mark.parametrize("name", GITS)
def test_what_is_gits_on_some_file_system_does_not_come_here(name, world):
    world.write("notebook", name, EVIL, age=10)
    world.try_to_sync()
    assert files(world.local) == []


@pytest.mark.parametrize("name", GITS)
def test_what_is_gits_on_some_file_system_does_not_leave_here(name, world):
    world.write("local", name, EVIL, age=10)
    world.try_to_sync()
    assert files(world.notebook) == []


@pytest.mark.parametrize(
    "name",
    [".gitignore", ".github", ".gitattributes", "git", "git~2", ".substratusrc", "a.git", "x:.git"],
)
def test_a_name_that_is_only_like_one_of_gits_is_carried(name):
    assert not is_reserved(name)


def test_a_mode_of_the_notebook_gives_nobody_more_rights_here(world):
    a_file_of_another_user(world)
    world.try_to_sync()
    assert (world.local / "a").stat().st_mode & 0o7022 == 0
