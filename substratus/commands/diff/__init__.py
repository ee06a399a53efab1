"""`substratus diff`."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from substratus.cluster import read_cluster
from substratus.commands.diff.compare import Difference, compare
from substratus.commands.diff.versions import Objects, read_side
from substratus.files import read_objects, read_settings
from substratus.objects import Manifest, named
from substratus.terminal import as_json, printed

_SIDES = 2
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _text(found: Difference) -> str:
    sentences = printed("".join(f"{each}\n" for each in found.changes))
    return "\n".join(filter(None, [sentences, "".join(_coloured(printed(found.text)))]))


def _coloured(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        is_title = line.startswith(("---", "+++"))
        yield click.style(line, fg=None if is_title else _COLOURS.get(line[:1]), bold=is_title)


def _record(found: Difference) -> Manifest:
    return {
        "changes": [
            {**asdict(each), "effect": str(each.effect),
             "step": str(each.step or ""), "parent": [*each.parent],
             "fields": [*each.fields], "sentence": str(each)}
            for each in found.changes
        ],
        "diff": found.text,
    }  # fmt: skip


_FORMS: Mapping[str, Callable[[Difference], str]] = {
    "text": _text,
    "yaml": lambda found: as_yaml(_record(found)),
    "json": lambda found: as_json(_record(found)),
}


class _TroubleError(click.ClickException):
    """What keeps two sides from being compared; 1 would say that they differ."""

    exit_code = 2


@click.command()
@click.argument("sides", nargs=-1, metavar="[OLD] NEW", type=click.Path(allow_dash=True))
@click.option(
    "-f",
    "--file",
    "names",
    multiple=True,
    metavar="FILE|DIR|-",
    type=click.Path(allow_dash=True),
    help="For two settings files: the objects. May be given several times.",
)
@click.option("-n", "--namespace", help="For objects that name none.  [default: default]")
@click.option("--from-cluster", is_flag=True, help="OLD is what the cluster has; give only NEW.")
@click.option(
    "-A", "--all-namespaces", is_flag=True, help="With --from-cluster: of all namespaces."
)
@click.option("--platform", metavar="NAME|FILE", help="The settings, where the sides are objects.")
@click.option(
    "-o", "--output", "form", type=click.Choice([*_FORMS]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
def command(
    *,
    sides: tuple[str, ...],
    names: tuple[str, ...],
    namespace: str | None,
    from_cluster: bool,
    all_namespaces: bool,
    platform: str | None,
    form: str,
) -> None:
    """Say what a change would run again, roll or delete, and show it.

    OLD and NEW are each a file or a directory: objects; settings, with the objects in --file; or
    children that another version of this program has written (simulate --write DIR).

    All of OLD is taken to be there and complete. What is not in NEW counts as deleted. A server or
    a notebook that runs keeps its Pod template while none of its inputs changes; what the next
    change of one would bring along is said too. The exit
    code is 0 without a difference, 1 with one, and 2 in trouble, as diff has them.

    \b
    Example:
      substratus diff examples/125m-cpu.yaml edited.yaml
      substratus diff --from-cluster edited.yaml
      substratus diff old-settings.yaml settings.yaml -f examples/
    """
    if len(sides) != _SIDES - from_cluster:
        raise click.UsageError(f"Give {'NEW alone' if from_cluster else 'OLD and NEW'}.")
    place = namespace or "default"
    try:
        given = [read_side(each, namespace=place) for each in sides]
        if from_cluster:
            there = read_cluster(namespace=namespace, every_namespace=all_namespaces)
            given = [Objects(there), *given]
        objects, settings = read_objects(names, namespace=place), read_settings(platform)
        found = compare(*given, objects=objects, settings=settings)
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise _TroubleError(error.message) from error
    for each, condition in found.incomplete:
        click.echo(
            printed(f"{named(each)} would not be ready: {condition.get('message', '')}"), err=True
        )
    click.echo(_FORMS[form](found), nl=False)
    sys.exit(1 if found.changes or found.text else 0)
