"""The loader of examples/tiny: the same file each time, and never half of one."""

import json
import time

import pytest
from workloads import image_of


@pytest.fixture
def image(tmp_path):
    return image_of("dataset-sums", tmp_path)


def loaded(image):
    path = image.root / "sums.jsonl"
    assert image.run("load.sh", LOAD_DATA_PATH=str(path)) == (0, "")
    return path.read_bytes()


def test_the_data_are_some_thousand_texts(image):
    lines = loaded(image).decode().splitlines()
    assert len([json.loads(line)["text"] for line in lines]) == 5000


def test_no_text_is_there_twice(image):
    lines = loaded(image).splitlines()
    assert len(set(lines)) == len(lines)


def test_loading_twice_gives_the_same_bytes(image):
    assert loaded(image) == loaded(image)


def test_the_log_says_how_many_lines_there_are(image):
    loaded(image)
    log = json.loads((image.root / "dataset/logs/load.jsonl").read_text())
    assert log["lines"] == 5000


def test_a_killed_loader_leaves_a_whole_file_or_none(image, tmp_path_factory):
    whole = loaded(image_of("dataset-sums", tmp_path_factory.mktemp("whole")))
    path = image.root / "sums.jsonl"
    for milliseconds in range(10, 130, 10):
        path.unlink(missing_ok=True)
        with image.start("load.sh", LOAD_DATA_PATH=str(path)) as process:
            time.sleep(milliseconds / 1000)
            process.kill()
        assert not path.exists() or path.read_bytes() == whole


def test_the_file_has_its_name_only_when_all_of_it_is_written(image):
    """A kill cannot be timed to the line; a disk that is full can stand for one."""
    path = image.root / "sums.jsonl"
    path.with_name("sums.jsonl.part").symlink_to("/dev/full")
    code, errors = image.run("load.sh", LOAD_DATA_PATH=str(path))
    assert (code, "No space left on device" in errors, path.exists()) == (1, True, False)


def test_what_a_killed_loader_left_is_written_over(image):
    (image.root / "sums.jsonl.part").write_text("x" * 1_000_000)
    assert loaded(image).startswith(b"{")


def test_a_missing_path_is_a_sentence(image):
    assert image.run("load.sh") == (1, "LOAD_DATA_PATH is not set. It names the file to write.\n")
