"""From two sides to what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from hooks.settings import Settings
from substratus.commands.diff.changes import Change, Children, changes
from substratus.commands.diff.transition import Version, transition
from substratus.commands.diff.unified import unified
from substratus.commands.diff.versions import Objects, Rendered, Side, placed
from substratus.objects import Manifest
from substratus.rendering import render


@dataclass(frozen=True)
class Difference:
    """What a change comes to: an effect for each child, the YAML, and what is not ready then."""

    changes: list[Change]
    text: str
    incomplete: Sequence[tuple[Manifest, Manifest]]


def compare(old: Side, new: Side, *, objects: list[Manifest], settings: Settings) -> Difference:
    """Return what a change from one side to the other comes to.

    Args:
        old: what is there.
        new: what is to be.
        objects: for sides of settings: what they are for.
        settings: for sides of objects: what the hooks have.

    Raises:
        click.ClickException: the two cannot be compared.
    """
    match old, new:
        case (Rendered(), _) | (_, Rendered()):
            before = _children(old, objects, settings)
            after = _children(new, objects, settings)
            return Difference(changes(before, after), unified(before, after), ())
        case Objects(), Objects():
            versions = Version(old.objects, settings), Version(new.objects, settings)
        case Settings(), Settings():
            if not objects:
                raise click.UsageError("Two settings files: name the objects with --file too.")
            versions = Version(objects, old), Version(objects, new)
        case _:
            raise click.ClickException(
                "OLD and NEW must be of one sort: two of objects, or two of settings; rendered "
                "children can be compared with objects."
            )
    found = transition(*versions)
    return Difference(
        changes(found.before, found.after, gone=found.gone),
        unified(found.before, found.after),
        found.incomplete,
    )


def _children(side: Side, objects: list[Manifest], settings: Settings) -> Children:
    """Return the children of a side as if it were alone: what was rendered has no statuses."""
    if isinstance(side, Rendered):
        return side.children
    given = side.objects if isinstance(side, Objects) else objects
    found = render(given, side if isinstance(side, Settings) else settings)
    return dict(placed(each.manifest) for each in found.children)
