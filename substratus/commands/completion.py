"""`substratus completion`."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, /, *, shell: str) -> None:
    """Print the script that completes commands in a shell.

    \b
    Example:
      substratus completion bash >> ~/.bashrc
      substratus completion zsh >> ~/.zshrc
      substratus completion fish > ~/.config/fish/completions/substratus.fish
    """
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - click has these three
    root = context.find_root().command
    click.echo(found(root, {}, "substratus", "_SUBSTRATUS_COMPLETE").source())
