"""What the training of examples/tiny is given: its variables and its file."""

import importlib

import pytest
from workloads import TINY


@pytest.fixture
def module(monkeypatch):
    """Return a function that imports a module of the Model's sources."""
    monkeypatch.syspath_prepend(TINY / "model-char/src")
    return importlib.import_module


def test_the_contracts_defaults_hold_where_nothing_is_said(module):
    found = module("parameters").Parameters.of({"TRAIN_DATA_PATH": "/data/sums.jsonl"})
    assert (found.epochs, found.batch_size, found.limit) == (3, 1, 1_000_000_000_000)


WRONG = {
    "no file is named": ({"TRAIN_DATA_PATH": ""}, "TRAIN_DATA_PATH is not set. It names the file"),
    "a number is none": ({"TRAIN_EPOCHS": "many"}, "TRAIN_EPOCHS is 'many'. It must be a whole"),
    "a number is 0": ({"TRAIN_BATCH_SIZE": "0"}, "TRAIN_BATCH_SIZE is '0'. It must be a whole"),
    "a number is below 0": ({"TRAIN_DATA_LIMIT": "-1"}, "TRAIN_DATA_LIMIT is '-1'. It must be"),
}


@pytest.mark.parametrize(("variables", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_variable_is_named(module, variables, sentence):
    parameters = module("parameters")
    with pytest.raises(parameters.WrongParameterError, match=sentence):
        parameters.Parameters.of({"TRAIN_DATA_PATH": "/data/sums.jsonl", **variables})


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"text": 1}', b'{"other": "x"}', b"\xff"])
def test_a_line_that_is_not_text_is_named(module, tmp_path, line):
    path = tmp_path / "broken.jsonl"
    path.write_bytes(b'{"text": "fine"}\n' + line + b"\n")
    with pytest.raises(module("text").UnreadableDataError) as raised:
        module("text").read_texts(path, 9)
    assert str(raised.value) == (
        f'{path}, line 2: not an object with a text, as {{"text": "\N{HORIZONTAL ELLIPSIS}"}}.'
    )


def test_no_more_lines_are_read_than_the_limit_says(module, tmp_path):
    path = tmp_path / "two.jsonl"
    path.write_text('{"text": "one"}\n{')
    assert module("text").read_texts(path, 1) == ["one"]


def test_an_empty_file_is_a_sentence(module, tmp_path):
    path = tmp_path / "empty.jsonl"
    path.touch()
    with pytest.raises(module("text").UnreadableDataError, match="holds no line to train on"):
        module("text").read_texts(path, 9)


def test_a_text_comes_back_as_it_was(module):
    text = module("text")
    assert text.decoded(text.encoded("Two plus ~ {is} four!")) == "Two plus ~ {is} four!"


def test_what_is_not_ascii_is_a_question_mark(module):
    text = module("text")
    assert text.decoded(text.encoded("\N{LATIN SMALL LETTER E WITH ACUTE}\n")) == "??"
