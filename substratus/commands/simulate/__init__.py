"""`substratus simulate`."""

import sys
from pathlib import Path

import click

from hooks.settings import Settings
from substratus import options
from substratus.commands.simulate.failures import OUTCOMES, scenario
from substratus.commands.simulate.run import run
from substratus.objects import Manifest


@click.command()
@options.objects
@options.platform
@click.option(
    "--fail",
    multiple=True,
    metavar="KIND/NAME:STEP=REASON",
    help=f"Let a step fail; REASON is one of {', '.join(OUTCOMES)}, exit1, exit2 ….",
)
@click.option("--serve", is_flag=True, help="Call the real server over HTTP, under gunicorn.")
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write every child into this directory, a file each.",
)
@options.output("table", "yaml", "json")
def command(
    *,
    objects: list[Manifest],
    settings: Settings,
    settings_file: str | None,
    fail: tuple[str, ...],
    serve: bool,
    write: Path | None,
    form: str,
) -> None:
    """Show what happens to objects until nothing moves.

    The exit code is 1 if one of them is not Ready in the end.

    \b
    Example:
      substratus simulate -f examples/ --fail Dataset/squad:load=OOMKilled
    """
    sys.exit(
        run(
            objects,
            settings,
            scenario=scenario(fail, objects),
            served_with=(settings_file,) if serve else None,
            write=write,
            form=form,
        )
    )
