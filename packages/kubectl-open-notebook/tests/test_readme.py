"""The README's commands are ones that the plugin takes."""

import re
import shlex
from pathlib import Path

import pytest
from kubectl_open_notebook.main import main

README = (Path(__file__).parents[1] / "README.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("kubectl open notebook ")
]


def test_there_is_an_example():
    assert COMMANDS


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_taken(line):
    arguments = shlex.split(line, comments=True)[3:]
    if "--help" not in arguments:
        main.make_context("kubectl open notebook", arguments)
