"""`substratus graph`."""

import click

from substratus import options
from substratus.commands.graph.dependencies import graph
from substratus.commands.graph.mermaid import mermaid
from substratus.commands.graph.svg import svg
from substratus.objects import Manifest
from substratus.terminal import printed

_FORMS = {"mermaid": mermaid, "svg": svg}


@click.command()
@options.objects
@options.output(*_FORMS)
def command(*, objects: list[Manifest], form: str) -> None:
    """Draw what depends on what, as Mermaid or SVG.

    How ready an object is shows where it has a status: in a file of 'kubectl get -o yaml', or with
    --from-cluster.

    \b
    Example:
      substratus graph -f examples/ -o svg > graph.svg
    """
    click.echo(printed(_FORMS[form](graph(objects))), nl=False)
