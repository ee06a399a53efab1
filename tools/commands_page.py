"""The generated page docs/cli.md: each command with its options, as `--help` prints it."""

from collections.abc import Iterator

import click

from substratus.main import main

_WIDTH = 88


def commands_page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# The command line"
    yield ""
    yield "`substratus` needs no cluster: it reads files, and with `--from-cluster` what your own"
    yield "`kubectl` shows. Errors are a sentence on standard error, and the exit code is not 0."
    yield "`NO_COLOR` turns colours off. Each command says the same with `--help`."
    context = _context(main, "substratus", None)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None  # noqa: S101 - it is listed
        yield ""
        yield f"## substratus {name}"
        yield ""
        yield "```text"
        yield command.get_help(_context(command, name, context)).rstrip()
        yield "```"


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )
