"""What people get wrong, and what each command says of it, as a stranger would read it.

`mistakes/mistakes.yaml` has the mistakes, and `mistakes/said.txt` what is said: the golden file.
"""

import re
import shlex
from pathlib import Path

import pytest
from yaml_files import read

from cli.commands import run

DIRECTORY = Path(__file__).parent / "mistakes"
GOOD = (DIRECTORY / "good.yaml").read_text()
SAID = DIRECTORY / "said.txt"
CASES = read(DIRECTORY / "mistakes.yaml")
NAMES = [each["mistake"] for each in CASES]


def said(case, directory):
    """Return the mistake, the command, all that it prints and its exit code."""
    old, new = case.get("old", ""), case.get("new", "")
    assert old in GOOD, f"good.yaml has no {old!r}"
    (directory / "good.yaml").write_text(GOOD.replace(old, new, 1))
    for name, text in case.get("files", {}).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    result = run(*shlex.split(case["run"]))
    if not isinstance(result.exception, SystemExit):
        raise result.exception
    printed = result.output.strip()
    return f"{printed}\nexit code {result.exit_code}\n"


def recorded():
    """Return what is said of each mistake."""
    text = SAID.read_text() if SAID.exists() else ""
    parts = re.split(r"^# (.*)\n\$ .*\n", text, flags=re.MULTILINE)[1:]
    return {
        name: part.removesuffix("\n") for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def write(found):
    blocks = [
        f"# {each['mistake']}\n$ substratus {each['run']}\n{found.get(each['mistake'], '')}\n"
        for each in CASES
    ]
    SAID.write_text("".join(blocks))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_mistake_is_said_in_words(case, tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    found = said(case, tmp_path)
    if request.config.getoption("--update-golden"):
        write({**recorded(), case["mistake"]: found})
    assert recorded().get(case["mistake"]) == found


def test_every_mistake_has_a_name_of_its_own():
    assert len({*NAMES}) == len(NAMES)


def test_nothing_is_wrong_with_what_is_edited():
    assert run("check", "-f", str(DIRECTORY / "good.yaml")).exit_code == 0


def test_no_mistake_ends_well_or_with_a_traceback():
    codes = re.findall(r"^exit code (\d+)$", SAID.read_text(), re.MULTILINE)
    assert {*codes} <= {"1", "2"}
    assert "Traceback" not in SAID.read_text()
