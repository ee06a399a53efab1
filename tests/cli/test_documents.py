"""Which files a command reads, and where in them an object and a field are."""

import json

import pytest
import yaml

from cli.commands import model, run, text
from substratus.documents import Document, parse


@pytest.fixture
def tree(tmp_path):
    """Return a directory with a Model at its top, one below, and what is none."""
    (tmp_path / "top.yaml").write_text(text(model("top")))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "deep.yaml").write_text(text(model("deep")))
    (tmp_path / "values.yaml").write_text("replicas: 1\n")
    (tmp_path / "notes.txt").write_text("notes")
    return tmp_path


def names(result):
    return {each["metadata"]["labels"]["substratus.ai/model"] for each in children(result)}


def children(result):
    return json.loads(result.stdout)["items"]


def test_a_directory_is_read_at_its_top(tree):
    assert names(run("render", "-f", str(tree), "-o", "json")) == {"top"}


def test_what_is_below_a_directory_is_said_not_to_be_read(tree):
    said = run("render", "-f", str(tree)).stderr
    assert f"Not read: {tree}/below/. -R reads what is below a directory.\n" in said


def test_a_map_that_is_not_an_object_is_said_not_to_be_read(tree):
    said = run("render", "-f", str(tree)).stderr
    assert f"Not read: {tree}/values.yaml:1: no apiVersion and no kind.\n" in said


def test_recursively_all_is_read(tree):
    assert names(run("render", "-R", "-f", str(tree), "-o", "json")) == {"top", "deep"}


def test_recursively_nothing_below_is_said_not_to_be_read(tree):
    assert "-R reads" not in run("render", "-R", "-f", str(tree)).stderr


def test_one_object_is_one(tree):
    assert "1 object: nothing is wrong." in run("check", "-f", str(tree / "top.yaml")).stderr


DOCUMENT = """\
kind: Model
metadata:
  labels:
    example.com/team: a
spec:
  env:
    - name: A
    - name: B
      value: "1"
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("", 1),
        ("kind", 1),
        ("spec.env", 6),
        ("spec.env[1].value", 9),
        ("spec.env.1.value", 9),
        ("metadata.labels.example.com/team", 4),
        ("spec.env[1].missing", 8),
        ("spec.size.parameterCount", 5),
        ("nowhere", 1),
    ],
)
def test_a_field_has_a_line_or_that_of_what_is_around_it(field, line):
    (document,) = parse(DOCUMENT, source="a.yaml")
    assert document.place(field) == f"a.yaml:{line}"


def test_a_second_document_counts_its_lines_from_the_top_of_the_file():
    _, second = parse(f"{DOCUMENT}---\n{DOCUMENT}", source="a.yaml")
    assert second.place("spec") == "a.yaml:15"


def test_an_item_of_a_list_has_its_own_lines():
    listed = yaml.safe_dump({"kind": "List", "items": [model("a"), model("b")]}, sort_keys=False)
    places = [each.place("metadata.name") for each in parse(listed, source="a.yaml")]
    assert places == ["a.yaml:6", "a.yaml:14"]


def test_what_was_read_from_no_file_has_no_line():
    assert Document("the cluster", {}).place("spec") == "the cluster"
