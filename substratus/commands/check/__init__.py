"""`substratus check`."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus import options
from substratus.commands.check.problems import Problem, check
from substratus.commands.check.tenants import shared
from substratus.documents import Document
from substratus.objects import Manifest, placed
from substratus.terminal import as_json, counted


def _record(problems: Sequence[Problem]) -> list[Manifest]:
    return [{**asdict(each), "verdict": str(each.verdict)} for each in problems]


def _text(problems: Sequence[Problem]) -> str:
    return "".join(f"{str(each).rstrip('.')}.\n" for each in problems)


_FORMS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": _text,
    "yaml": lambda problems: as_yaml(_record(problems)),
    "json": lambda problems: as_json(_record(problems)),
}


def _namespaces(documents: Sequence[Document], namespace: str) -> list[str]:
    """Return the namespace of each object whose metadata can be read."""
    given = [placed(each.manifest, namespace).get("metadata") for each in documents]
    return [str(each.get("namespace")) for each in given if isinstance(each, dict)]


@click.command()
@options.documents
@options.platform
@options.output(*_FORMS)
def command(
    *,
    documents: list[Document],
    there: list[Manifest],
    namespace: str,
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
    problems, count = check(documents, settings, namespace=namespace, there=there)
    click.echo(_FORMS[form](problems), nl=False)
    for note in shared(settings, _namespaces(documents, namespace)):
        click.echo(f"note: {note}", err=True)
    wrong = counted(len(problems), "problem") if problems else "nothing is wrong"
    click.echo(f"{counted(count, 'object')}: {wrong}.", err=True)
    sys.exit(1 if problems else 0)
