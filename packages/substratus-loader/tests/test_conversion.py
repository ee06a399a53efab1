import datetime as dt
import io
import json
from collections import deque
from importlib import util

import pyarrow as pa
import pytest
from pyarrow import parquet
from substratus_loader import conversion
from substratus_loader.testing import Status
from substratus_loader.urls import CONVERSION


def rows(first, last):
    return [{"number": number, "text": f"ä {number}"} for number in range(first, last)]


def file(table):
    written = io.BytesIO()
    parquet.write_table(table, written, row_group_size=700)
    return written.getvalue()


@pytest.fixture
def commit(hub):
    files = {
        "en/train/0000.parquet": file(pa.Table.from_pylist(rows(0, 2500))),
        "en/train/0001.parquet": file(pa.Table.from_pylist(rows(2500, 3000))),
        "en/test/0000.parquet": file(pa.Table.from_pylist(rows(0, 3))),
        "de/train/0000.parquet": file(pa.Table.from_pylist(rows(0, 1))),
    }
    hub.add("org/name", {"README.md": b"x"}, kind="dataset")
    return hub.add("org/name", files, kind="dataset", revision=CONVERSION)


@pytest.fixture
def split(load):
    def split(query, filename="all.jsonl", *flags):
        url = f"hf://datasets/org/name?{query}"
        return load(url, "--kind=dataset", f"--filename={filename}", *flags)

    return split


@pytest.mark.parametrize("flags", [(), ("--no-rename",)])
def test_a_split_is_written_as_lines_of_json(loader, commit, split, flags):
    ended = split("split=train&config=en", "all.jsonl", *flags)
    assert ended.code == 0, ended.log
    written = loader.files()
    assert set(written) == {"all.jsonl"}
    assert [json.loads(line) for line in written["all.jsonl"].splitlines()] == rows(0, 3000)
    assert ended.report["revision"] == commit
    assert ended.report["bytes"] == len(written["all.jsonl"])


@pytest.mark.usefixtures("commit")
def test_a_split_is_written_as_csv(loader, split):
    assert split("split=test&config=en", "all.csv").code == 0
    lines = loader.files()["all.csv"].decode().splitlines()
    assert lines == ['"number","text"', '0,"ä 0"', '1,"ä 1"', '2,"ä 2"']


@pytest.mark.usefixtures("commit")
def test_a_split_is_written_as_one_parquet(loader, split):
    assert split("split=train&config=en", "all.parquet").code == 0
    written = parquet.read_table(io.BytesIO(loader.files()["all.parquet"]))
    assert written.to_pylist() == rows(0, 3000)


@pytest.mark.usefixtures("commit")
def test_a_config_need_not_be_given_where_one_has_the_split(loader, split):
    assert split("split=test").code == 0
    assert len(loader.files()["all.jsonl"].splitlines()) == 3


@pytest.mark.usefixtures("commit")
def test_a_split_that_more_than_one_config_has_names_them(split):
    ended = split("split=train")
    assert (ended.code, ended.message) == (
        64,
        (
            "hf://datasets/org/name has split=train in more than one config. It has"
            " split=train&config=de, split=test&config=en, split=train&config=en."
        ),
    )


@pytest.mark.usefixtures("commit")
def test_a_split_that_is_missing_names_those_that_are_there(split):
    ended = split("split=validation&config=de")
    assert (ended.code, ended.message) == (
        66,
        (
            "hf://datasets/org/name has no split=validation&config=de. It has"
            " split=train&config=de, split=test&config=en, split=train&config=en."
        ),
    )


def test_a_dataset_without_a_conversion_says_so(hub, split):
    hub.add("org/name", {"README.md": b"x"}, kind="dataset")
    ended = split("split=train")
    assert (ended.code, ended.message) == (
        66,
        "The Hub has no Parquet conversion of hf://datasets/org/name. Give the path of a file.",
    )


def test_another_ending_names_those_that_can_be_written(split):
    ended = split("split=train", "all.txt")
    assert (ended.code, ended.message) == (
        64,
        (
            "A split cannot be written as all.txt: the filename must end in one of .jsonl, .ndjson,"
            " .csv, .parquet."
        ),
    )


def test_an_image_without_pyarrow_says_which_one_has_it(split, monkeypatch):
    monkeypatch.setattr(conversion, "find_spec", lambda _: None)
    ended = split("split=train")
    assert ended.code == 64
    assert "EXTRAS=parquet" in ended.message
    assert util.find_spec("pyarrow")


@pytest.mark.usefixtures("commit")
def test_parts_of_a_load_that_failed_are_kept(loader, hub, split):
    hub.faults["en/train/0001.parquet"] = deque([Status(500)] * 8)
    assert split("split=train&config=en", "all.jsonl", "--parallel=1").code == 75
    hub.requests.clear()
    assert split("split=train&config=en").code == 0
    assert len([path for path, _ in hub.requests if path.startswith("/cdn/")]) == 1
    assert set(loader.files()) == {"all.jsonl"}


@pytest.mark.parametrize("flags", [(), ("--no-rename",)])
def test_a_column_that_a_format_has_no_place_for_is_said(loader, hub, split, flags):
    table = pa.Table.from_pylist([{"messages": [{"role": "user"}]}])
    files = {"default/train/0000.parquet": file(table)}
    hub.add("org/name", files, kind="dataset", revision=CONVERSION)
    ended = split("split=train", "all.csv", *flags)
    assert ended.code == 64
    assert ended.message.endswith("Choose another ending, such as .jsonl.")
    assert "all.csv" not in loader.files()
    assert split("split=train").code == 0
    assert loader.files() == {"all.jsonl": b'{"messages": [{"role": "user"}]}\n'}


def test_values_that_json_has_not_are_written_as_text_or_null():
    row = {
        "bytes": b"\x00\x01",
        "day": dt.date(2026, 1, 2),
        "nan": float("nan"),
        "nested": [{"infinite": float("inf")}],
    }
    assert json.loads(conversion.line(row)) == {
        "bytes": "AAE=",
        "day": "2026-01-02",
        "nan": None,
        "nested": [{"infinite": None}],
    }
