"""`substratus check`."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus import options
from substratus.commands.check.problems import Problem, Sourced, check
from substratus.commands.check.tenants import shared
from substratus.files import Manifest
from substratus.terminal import as_json


def _record(problems: Sequence[Problem]) -> list[Manifest]:
    return [{**asdict(each), "verdict": str(each.verdict)} for each in problems]


def _text(problems: Sequence[Problem]) -> str:
    return "".join(f"{str(each).rstrip('.')}.\n" for each in problems)


_FORMS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": _text,
    "yaml": lambda problems: as_yaml(_record(problems)),
    "json": lambda problems: as_json(_record(problems)),
}


@click.command()
@options.documents
@options.platform
@options.output(*_FORMS)
def command(
    *,
    documents: list[Sourced],
    there: list[Manifest],
    settings: Settings,
    settings_file: str | None,
    form: str,
) -> None:
    """Say what a cluster would refuse, and what will not work there.

    Refused is what the CRDs' schema and rules do not take. Then: names that no file defines,
    objects that wait for themselves, and Models that no node can hold. The exit code is 1 if there
    is anything.

    \b
    Example:
      substratus check -f examples/
    """
    del settings_file
    problems, count = check(documents, settings, there=there)
    click.echo(_FORMS[form](problems), nl=False)
    for note in shared(settings, [manifest["metadata"]["namespace"] for _, manifest in documents]):
        click.echo(f"note: {note}", err=True)
    told = f"{len(problems)} problems" if problems else "nothing is wrong with them"
    click.echo(f"{count} objects: {told}.", err=True)
    sys.exit(1 if problems else 0)
