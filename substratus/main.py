"""The command line's entry. A command is imported when it runs, so that `--help` is quick."""

import os
from collections.abc import Mapping
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from substratus.wording.values import near

COMMANDS: Mapping[str, str] = {
    "render": "Print every child that objects will ever have.",
    "simulate": "Show what happens to objects until nothing moves.",
    "explore": "Go through every order of events, and say whether all promises hold.",
    "explain": "Say why each child is as it is, with the arithmetic in numbers.",
    "diff": "Say what a change would run again, roll or delete, and show it.",
    "check": "Say what a cluster would refuse, what will not work, and what is needed before.",
    "images": "List every image that will ever be pulled.",
    "cost": "Say what each Pod costs per hour, and on which nodes it fits.",
    "graph": "Draw what depends on what, as Mermaid or SVG.",
    "install": "Print what a cluster needs: CRDs, hook server, settings and controllers.",
    "controllers": "Print the controllers, with the hooks at another address if wanted.",
    "completion": "Print the script that completes commands in a shell.",
}
"""Each command with its first sentence, which is its module's too; a test holds them equal."""


class Commands(click.Group):
    """The commands of `COMMANDS`, each in its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a person meets them."""
        del ctx
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command and return it; None where there is none of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"substratus.commands.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - each module has one
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, and name the nearest where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            said = f"{error.message.rstrip('.')}{near(args[0], COMMANDS)}."
            raise click.UsageError(said, ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what is wrong is shown without what could steer a terminal."""
        try:
            return super().invoke(ctx)
        except click.UsageError:
            raise  # it quotes what the person wrote
        except click.ClickException as error:
            from substratus.terminal import printed  # noqa: PLC0415 - `--help` is quick

            click.echo(f"Error: {printed(error.message)}", err=True)
            ctx.exit(error.exit_code)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, without importing any."""
        found = [
            CompletionItem(name, help=text)
            for name, text in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="substratus")
@click.pass_context
def main(context: click.Context) -> None:
    """Show what becomes of Datasets, Models, ModelServers and Notebooks, without a cluster.

    Example: substratus render -f examples/125m-cpu.yaml
    """
    if os.environ.get("NO_COLOR"):
        context.color = False
