import fcntl
import os
import resource
from collections import deque
from pathlib import Path
from types import SimpleNamespace

import pytest
from substratus_loader.testing import Break, Content, Corrupt, Status

WEIGHTS = Content(length=3_000_000, seed=8)
SMALL = {"config.json": b"{}", "model.safetensors": WEIGHTS}


@pytest.fixture
def hub(hub):
    hub.add("org/name", dict(SMALL))
    return hub


def test_too_little_space_is_said_before_anything_is_loaded(loader, hub, load, monkeypatch):
    free = SimpleNamespace(f_bavail=500, f_frsize=4096, f_blocks=1000)
    monkeypatch.setattr(os, "statvfs", lambda _: free)
    ended = load("hf://org/name")
    assert (ended.code, ended.message) == (
        73,
        (
            f"No space: 3000002 bytes are needed in {loader.destination}, and 2048000 are free."
            " Give the object's storage a larger size."
        ),
    )
    assert not any("resolve" in path for path, _ in hub.requests)


def test_what_is_there_of_a_killed_load_needs_no_space(hub, load, monkeypatch):
    hub.faults["model.safetensors"] = deque([Break(1_500_000), *[Status(500)] * 8])
    load("hf://org/name")
    free = SimpleNamespace(f_bavail=400, f_frsize=4096, f_blocks=1000)
    monkeypatch.setattr(os, "statvfs", lambda _: free)
    assert load("hf://org/name").code == 0


def test_a_file_system_that_says_no_size_is_not_asked_for_space(hub, load, monkeypatch):
    free = SimpleNamespace(f_bavail=0, f_frsize=4096, f_blocks=0)
    monkeypatch.setattr(os, "statvfs", lambda _: free)
    assert load("hf://org/name").code == 0


def test_space_that_ends_in_the_middle_says_how_much_is_missing(loader, hub, load):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        ended = load("hf://org/name")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ended.code == 73
    assert ended.message.startswith("No space: 1")
    assert f" bytes are needed in {loader.destination}, and " in ended.message
    assert load("hf://org/name").code == 0
    begin = int(hub.requests[-1][1].removeprefix("bytes=").removesuffix("-"))
    assert begin == 2_000_000


def test_parts_of_another_content_are_removed(loader, hub, load):
    hub.faults["model.safetensors"] = deque([Break(1_500_000), *[Status(500)] * 8])
    load("hf://org/name", "--parallel=1")
    hub.add("org/name", {"model.safetensors": Content(length=100, seed=9)})
    assert load("hf://org/name").code == 0
    assert {path: len(data) for path, data in loader.files().items()} == {
        "config.json": 2,
        "model.safetensors": 100,
    }


def test_a_file_that_is_whole_already_is_not_loaded_again(hub, load):
    load("hf://org/name")
    hub.requests.clear()
    assert load("hf://org/name").report["bytes"] == 3_000_002
    assert not any("resolve" in path for path, _ in hub.requests)


def test_a_file_that_differs_from_the_sources_is_loaded_again(loader, hub, load):
    load("hf://org/name")
    (loader.destination / "config.json").write_bytes(b"[]")
    load("hf://org/name")
    assert loader.files()["config.json"] == b"{}"


def test_two_loads_into_one_destination_do_not_meet(loader, hub, load):
    hub.faults["model.safetensors"] = deque([Break(1_500_000), *[Status(500)] * 7])
    load("hf://org/name", "--parallel=1")
    with (loader.destination / ".substratus-loader" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = load("hf://org/name")
    assert (ended.code, ended.message) == (
        75,
        (
            f"Another load writes into {loader.destination}. It is left alone; this one may be"
            " tried again when it has ended."
        ),
    )
    assert load("hf://org/name").code == 0


def test_without_renames_each_file_is_written_in_its_place(loader, hub, load, monkeypatch):
    monkeypatch.setattr(Path, "replace", None)
    hub.faults["model.safetensors"] = deque([Break(1_500_000), *[Status(500)] * 7])
    load("hf://org/name", "--no-rename", "--parallel=1")
    assert {path: len(data) for path, data in loader.files().items()} == {
        "config.json": 2,
        "model.safetensors": 1_500_000,
    }
    hub.requests.clear()
    assert load("hf://org/name", "--no-rename").code == 0
    assert [asked for path, asked in hub.requests if path.startswith("/cdn/")] == [None]
    assert len(loader.files()["model.safetensors"]) == 3_000_000


def test_without_renames_a_wrong_file_is_not_left(loader, hub, load):
    hub.faults["model.safetensors"] = deque([Corrupt(7)])
    assert load("hf://org/name", "--no-rename").code == 65
    assert "model.safetensors" not in loader.files()


@pytest.mark.parametrize("path", ["../out", "a/../../out", "/out", ".substratus-loader/x"])
def test_a_file_that_leads_out_of_the_destination_is_refused(tmp_path, hub, load, path):
    hub.add("org/name", {path: b"x"})
    ended = load("hf://org/name")
    assert ended.code == 64
    assert not (tmp_path / "out").exists()


def test_a_destination_that_cannot_be_written_says_so(loader, hub, load):
    loader.destination.write_text("")
    ended = load("hf://org/name")
    assert (ended.code, ended.message) == (
        75,
        f"{loader.destination} cannot be written: File exists.",
    )
