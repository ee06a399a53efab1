"""`substratus images`."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus import options
from substratus.files import Manifest
from substratus.images import Image, images
from substratus.render import render, told
from substratus.terminal import as_json, table


def _table(found: list[Image]) -> str:
    rows = [
        (each.image, "a build here" if each.built else "outside", ", ".join(each.used))
        for each in found
    ]
    return "\n".join(table(("IMAGE", "FROM", "USED BY"), rows)) + "\n"


_FORMS: Mapping[str, Callable[[list[Image]], str]] = {
    "name": lambda found: "".join(f"{each.image}\n" for each in found),
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
    Pod runs. What a Dockerfile begins with (FROM) stands in its repository and is not known here.

    \b
    Example:
      substratus images -f examples/ --outside
    """
    del settings_file
    found = render(objects, settings)
    for line in told(found):
        click.echo(line, err=True)
    wanted = [each for each in images(found.children) if not (outside and each.built)]
    click.echo(_FORMS[form](wanted), nl=False)
    context.exit(1 if found.incomplete else 0)
