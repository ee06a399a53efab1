"""`substratus check`."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus import options
from substratus.commands.check.prerequisites import Prerequisite, missing
from substratus.commands.check.problems import Checked, Problem, Verdict, check, places_of
from substratus.commands.check.tenants import shared
from substratus.documents import Document
from substratus.objects import Key, Manifest, placed
from substratus.placeholders import placeholders
from substratus.terminal import as_json, counted, printed
from substratus.wording.values import shown


def _record(problems: Sequence[Problem]) -> list[Manifest]:
    return [{**asdict(each), "verdict": str(each.verdict)} for each in problems]


def _text(problems: Sequence[Problem]) -> str:
    return printed("".join(f"{str(each).rstrip('.')}.\n" for each in problems))


_FORMS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": _text,
    "yaml": lambda problems: as_yaml(_record(problems)),
    "json": lambda problems: as_json(_record(problems)),
}


def _namespaces(documents: Sequence[Document], namespace: str) -> list[str]:
    """Return the namespace of each object whose metadata can be read."""
    given = [placed(each.manifest, namespace).get("metadata") for each in documents]
    return [str(each.get("namespace")) for each in given if isinstance(each, dict)]


def _needed(checked: Checked, settings: Settings) -> Iterator[str]:
    """Yield what must be there before the objects are applied, and is looked for nowhere."""
    yield from (f"needed: {each.sentence()}." for each in checked.prerequisites)
    for path, value in placeholders(settings):
        yield f"needed: your own {path}: {shown(value)} is the example's."


def _problem(absent: Prerequisite, places: Mapping[Key, str]) -> Problem:
    user = absent.users[0]
    message = f"needs {absent.need}, which the cluster does not have"
    return Problem(places[user], f"{user[0]} {user[1]}/{user[2]}", Verdict.WAITS, message)


@click.command()
@options.documents
@options.platform
@options.output(*_FORMS)
def command(
    *,
    documents: list[Document],
    there: list[Manifest] | None,
    namespace: str,
    settings: Settings,
    settings_file: str | None,
    form: str,
) -> None:
    """Say what a cluster would refuse, what will not work, and what is needed before.

    Refused is what the CRDs' schema and rules do not take. Then: names that no file defines,
    objects that wait for themselves, and Models that no node can hold. The exit code is 1 if there
    is anything. Where nothing is wrong, it lists what the objects need and no hook makes: Secrets,
    claims, classes, labels of namespaces; with --from-cluster, what the cluster does not have of
    these is a problem.

    \b
    Example:
      substratus check -f examples/
    """
    del settings_file
    checked = check(documents, settings, namespace=namespace, there=there or ())
    absent, unseen = ([], []) if there is None else missing(checked.prerequisites)
    places = places_of(documents, namespace)
    problems = [*checked.problems, *(_problem(each, places) for each in absent)]
    click.echo(_FORMS[form](problems), nl=False)
    for note in [*shared(settings, _namespaces(documents, namespace)), *unseen]:
        click.echo(printed(f"note: {note}"), err=True)
    if there is None and not problems:
        needed = "".join(f"{line}\n" for line in _needed(checked, settings))
        click.echo(printed(needed), err=True, nl=False)
    wrong = counted(len(problems), "problem") if problems else "nothing is wrong"
    click.echo(f"{counted(checked.count, 'object')}: {wrong}.", err=True)
    sys.exit(1 if problems else 0)
