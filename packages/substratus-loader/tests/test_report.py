import json

import pytest
from substratus_loader.report import Report, cut, weights_file, weights_format

SPLIT = ("m-00001-of-00002.gguf", "m-00002-of-00002.gguf")


@pytest.mark.parametrize(
    ("paths", "form", "file"),
    [
        (("config.json",), None, None),
        (("model.safetensors", "config.json"), "safetensors", "model.safetensors"),
        (("sub/m.gguf", "model.safetensors"), "gguf", "sub/m.gguf"),
        (("a.gguf", "b.gguf"), "gguf", None),
        (("a-00001-of-00002.safetensors", "a-00002-of-00002.safetensors"), "safetensors", None),
        (SPLIT, "gguf", "m-00001-of-00002.gguf"),
        ((*SPLIT, "other.gguf"), "gguf", None),
        ((*SPLIT, "n-00001-of-00001.gguf"), "gguf", None),
    ],
)
def test_the_weights_are_known_by_their_endings(paths, form, file):
    assert weights_format(paths) == form
    assert weights_file(paths, form) == file


def test_the_report_is_one_line_with_sorted_keys():
    line = Report(("a.gguf",), 7, "abc", "12").line()
    assert list(json.loads(line)) == ["bytes", "file", "files", "format", "revision", "sha256"]
    assert "\n" not in line


def test_a_message_has_at_most_1024_bytes_and_one_line():
    message = cut("wörd\n" * 1000)
    assert len(message) <= 1024
    assert message.decode().endswith("wörd …") or message.decode().endswith(" …")
    assert "\n" not in message.decode()
