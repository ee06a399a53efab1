"""`substratus render`."""

import sys

import click

from hooks.settings import Settings
from substratus import options
from substratus.files import Manifest
from substratus.offline import STEPS
from substratus.render import FORMS, render, told


@click.command()
@options.objects
@options.platform
@click.option("--step", type=click.Choice(STEPS), help="Only the children of this step.")
@options.output("yaml", "json", "table")
def command(
    *,
    objects: list[Manifest],
    settings: Settings,
    settings_file: str | None,
    step: str | None,
    form: str,
) -> None:
    """Print every child that objects will ever have.

    Each has its parent and its step above it in YAML, and in its labels. An object that does not
    become ready is told on standard error, and the exit code is 1.

    \b
    Example:
      substratus render -f examples/ --step train
    """
    del settings_file
    found = render(objects, settings)
    for line in told(found):
        click.echo(line, err=True)
    wanted = [each for each in found.children if step in {None, each.step}]
    click.echo(FORMS[form](wanted), nl=False)
    sys.exit(1 if found.incomplete else 0)
