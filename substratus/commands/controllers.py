"""`substratus controllers`."""

import click

from substratus.manifests import controllers_text


@click.command()
@click.option(
    "--hooks", "address", metavar="URL", help="Where the hooks are, such as http://127.0.0.1:8090."
)
def command(*, address: str | None) -> None:
    """Print the controllers, with the hooks at another address if wanted.

    \b
    Example:
      substratus controllers --hooks http://127.0.0.1:8090 | kubectl apply -f -
    """
    click.echo(controllers_text(address), nl=False)
