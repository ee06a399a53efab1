"""What others wrote in an object is shown by every command, and steers no terminal."""

import pytest

from cli.commands import SMALL, model, run, text
from substratus.terminal import as_json, printed, table

HOSTILE = "\x1b]0;evil\x07\x9b31m\b\r\u2028\u202e\u200b"
OBJECTS = text(
    model(
        "patched",
        patches=[{"target": "Job", "operations": [{"op": "add", "path": f"/spec/{HOSTILE}"}]}],
    ),
    model("url", source={"git": {"url": f"https://example.com/{HOSTILE}"}}),
    model("size", size={"parameterCount": HOSTILE}),
    model("env", env=[{"name": "A", "value": HOSTILE}, {"name": HOSTILE, "value": "b"}]),
    model(f"name{HOSTILE}"),
    model("base", source={"modelName": HOSTILE}),
    model("field", **{HOSTILE: 1}),
)
COMMANDS = [
    ["check"],
    *(["check", f"--output={form}"] for form in ("yaml", "json")),
    *(["render", f"--output={form}"] for form in ("table", "yaml", "json")),
    *(["simulate", f"--output={form}"] for form in ("table", "yaml", "json")),
    *(["explain", f"--output={form}"] for form in ("text", "yaml", "json")),
    *(["images", f"--output={form}"] for form in ("name", "table", "yaml", "json")),
    *(["cost", f"--output={form}"] for form in ("table", "yaml", "json")),
    *(["graph", f"--output={form}"] for form in ("mermaid", "svg")),
]


def documents():
    return [each for each in OBJECTS.split("---\n") if each.strip()]


def unseen(output):
    return sorted({each for each in output if each != "\n" and not each.isprintable()})


@pytest.mark.parametrize("document", documents())
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_hostile_object_is_shown_in_characters_that_are_seen(command, document):
    found = run(*command, "-f", "-", text=document)
    assert unseen(found.output) == []


@pytest.mark.parametrize("document", documents())
def test_the_difference_to_a_hostile_object_is_too(document, tmp_path):
    file = tmp_path / "new.yaml"
    file.write_text(document)
    assert unseen(run("diff", SMALL, str(file)).output) == []


@pytest.mark.parametrize("command", ["check", "render"])
def test_a_file_with_a_hostile_name_is_too(command, tmp_path):
    file = tmp_path / f"a{HOSTILE}.yaml"
    file.write_text("a: b: c")
    assert unseen(run(command, "-f", str(file)).output) == []


def test_lines_remain_lines():
    assert printed("one\x1b\ntwo\n") == "one\N{REPLACEMENT CHARACTER}\ntwo\n"


def test_a_cell_is_in_its_column():
    assert table(("A", "B"), [("a\nb", "c")]) == ["A    B", "a b  c"]


def test_json_holds_what_is_not_seen_as_its_escape():
    assert as_json({"a": "ü\u202e\x9b"}) == '{\n  "a": "ü\\u202e\\u009b"\n}\n'
