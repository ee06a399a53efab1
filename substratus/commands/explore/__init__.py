"""`substratus explore`."""

import sys

import click
from metacontroller_offline.explorer import Budget

from hooks.settings import Settings
from substratus import options
from substratus.commands.explore.explore import run
from substratus.files import read_objects
from substratus.objects import Manifest


@click.command()
@options.objects
@options.platform
@click.option(
    "--edit",
    "edits",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Objects as somebody may change them, once everything is at rest; several times for "
    "several changes, in any order.",
)
@click.option("--failures", default=1, show_default=True, help="How many Pods may fail.")
@click.option(
    "--deletions",
    default=0,
    show_default=True,
    help="How many Jobs, Pods, StatefulSets and claims others may delete.",
)
@click.option(
    "--refusals",
    default=0,
    show_default=True,
    help="How many writes the API server may refuse, or lose to a conflict.",
)
@click.option(
    "--stops",
    default=0,
    show_default=True,
    help="How often Metacontroller may end, between any two writes.",
)
@click.option("--errors", default=0, show_default=True, help="How many hook calls may fail.")
@click.option(
    "--lag",
    default=0,
    show_default=True,
    help="How many changes of Datasets, Models, ModelServers and Notebooks a cache may lag behind.",
)
@click.option("--seconds", default=60.0, show_default=True, help="How long to search at most.")
def command(
    *,
    objects: list[Manifest],
    settings: Settings,
    settings_file: str | None,
    edits: tuple[str, ...],
    failures: int,
    deletions: int,
    refusals: int,
    stops: int,
    errors: int,
    lag: int,
    seconds: float,
) -> None:
    """Go through every order of events, and say whether all promises hold.

    Each state that the objects can come to is looked at once. The exit code is 1 if a promise is
    broken: then the shortest way to it is shown. docs/explorer.md says what is covered.

    \b
    Example:
      substratus explore -f examples/tiny/model.yaml --failures 1
    """
    del settings_file
    changes = {name: read_objects((name,), namespace="default") for name in edits}
    budget = Budget(
        failures=failures, deletions=deletions, refusals=refusals, stops=stops, errors=errors
    )
    sys.exit(run(objects, settings, changes=changes, budget=budget, lag=lag, seconds=seconds))
