"""`substratus images`: every image that the Pods of some objects pull."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass

import click

from hooks import names
from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus import options
from substratus.objects import Manifest, short_names
from substratus.rendering import Child, render
from substratus.terminal import as_json, printed, table


@dataclass(frozen=True)
class Image:
    """An image.

    Attributes:
        image: its reference, as a container has it.
        built: whether a build of these objects pushes it; any other one must be there before.
        used: the containers that run it, as `Kind/name step container`.
    """

    image: str
    built: bool
    used: tuple[str, ...]


def images(children: Iterable[Child]) -> list[Image]:
    """Return every image that the Pods of the children pull, in the order of the alphabet."""
    given = [*children]
    called = short_names(each.parent for each in given)
    used: dict[str, list[str]] = {}
    for child in given:
        for container in child.containers:
            used.setdefault(container["image"], []).append(
                f"{called(child.parent)} {child.step} {container['name']}"
            )
    built = {_result(each.manifest) for each in given}
    return [
        Image(each, each in built, tuple(dict.fromkeys(places)))
        for each, places in sorted(used.items())
    ]


def _result(child: Manifest) -> str:
    return str((child["metadata"].get("annotations") or {}).get(names.RESULT, ""))


def _table(found: list[Image]) -> str:
    rows = [
        (each.image, "a build here" if each.built else "outside", ", ".join(each.used))
        for each in found
    ]
    return "\n".join(table(("IMAGE", "FROM", "USED BY"), rows)) + "\n"


_FORMS: Mapping[str, Callable[[list[Image]], str]] = {
    "name": lambda found: printed("".join(f"{each.image}\n" for each in found)),
    "table": _table,
    "yaml": lambda found: as_yaml([{**asdict(each), "used": [*each.used]} for each in found]),
    "json": lambda found: as_json([asdict(each) for each in found]),
}


@click.command()
@options.objects
@options.platform
@click.option(
    "--outside", is_flag=True, help="Only those that no build here makes: what a mirror must hold."
)
@options.output(*_FORMS)
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    objects: list[Manifest],
    settings: Settings,
    settings_file: str | None,
    outside: bool,
    form: str,
) -> None:
    """List every image that will ever be pulled.

    That is the builder, what fetches sources, and each image that a build pushes and another
    Pod runs. What a Dockerfile begins with (FROM) is in its repository and is not known here.

    \b
    Example:
      substratus images -f examples/ --outside
    """
    del settings_file
    found = render(objects, settings)
    for line in found.unready():
        click.echo(printed(line), err=True)
    wanted = [each for each in images(found.children) if not (outside and each.built)]
    click.echo(_FORMS[form](wanted), nl=False)
    context.exit(1 if found.incomplete else 0)
