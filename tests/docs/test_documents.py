"""What the documents say is so: commands run, links lead somewhere, nothing is left out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hooks.cli import main
from hooks.reasons import DOCUMENTATION, Reason

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {page.name: page.read_text() for page in PAGES}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(name, kind, body) for name, text in TEXT.items() for kind, body in BLOCK.findall(text)]
TARGETS = set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def console():
    return [
        pytest.param(body, id=f"{name}: {body.splitlines()[0]}")
        for name, kind, body in BLOCKS
        if kind == "console"
    ]


def shell_lines():
    return [
        line.split("#")[0].strip()
        for _, kind, body in BLOCKS
        if kind == "sh"
        for line in body.splitlines()
        if line.strip()
    ]


@pytest.mark.parametrize("body", console())
def test_a_command_prints_what_the_document_shows(body):
    """A line `...` stands for any lines."""
    command, *shown = body.splitlines()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command.removeprefix("$ ")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        check=False,
    )
    parts = "\n".join(shown).split("\n...\n")
    pattern = r"\n(?:.*\n)*?".join(re.escape(part.removesuffix("\n...")) for part in parts)
    pattern = pattern.removeprefix(re.escape("...\n"))
    assert re.search(pattern, done.stdout), done.stdout[-3000:] + done.stderr


@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("make ")])
def test_a_make_target_in_a_document_is_there(line):
    assert line.split()[1] in TARGETS


@pytest.mark.parametrize(
    "line", [line for line in shell_lines() if line.startswith("kubectl apply")]
)
def test_what_kubectl_is_to_apply_is_there(line):
    paths = re.findall(r"-[fk] (\S+)", line)
    assert all(path == "-" or (ROOT / path).exists() for path in paths)


def test_the_kustomization_builds():
    done = subprocess.run(
        ["kubectl", "kustomize", ROOT / "metacontroller"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("kind: CompositeController\n") == 4


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_make_target_is_in_the_readme(target):
    assert re.search(rf"`(make )?{target}\b|make {target}\b", TEXT["README.md"])


@pytest.mark.parametrize("command", main.commands)
def test_every_command_is_documented(command):
    assert (
        f"substratus {command}" in "\n".join(TEXT.values()) or f"`{command}`" in TEXT["README.md"]
    )


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_documented(reason):
    assert DOCUMENTATION[reason].way_out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
