"""`substratus render`."""

import sys
from collections.abc import Callable, Mapping, Sequence

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from hooks.step import Step
from substratus import options
from substratus.objects import Manifest
from substratus.rendering import Child, render
from substratus.terminal import as_json, printed, table

_HEAD = ("NAMESPACE", "KIND", "NAME", "STEP", "OF")


def _yaml(children: Sequence[Child]) -> str:
    return "---\n".join(
        f"# {each.parent[0]} {each.parent[1]}/{each.parent[2]}, step {each.step}\n"
        + as_yaml(each.manifest)
        for each in children
    )


def _json(children: Sequence[Child]) -> str:
    items = [each.manifest for each in children]
    return as_json({"apiVersion": "v1", "kind": "List", "items": items})


def _table(children: Sequence[Child]) -> str:
    rows = [
        (
            each.parent[1],
            each.manifest["kind"],
            each.manifest["metadata"]["name"],
            each.step,
            f"{each.parent[0]}/{each.parent[2]}",
        )
        for each in children
    ]
    return "\n".join(table(_HEAD, rows)) + "\n"


_FORMS: Mapping[str, Callable[[Sequence[Child]], str]] = {
    "yaml": _yaml,
    "json": _json,
    "table": _table,
}


@click.command()
@options.objects
@options.platform
@options.step
@options.output(*_FORMS)
def command(
    *,
    objects: list[Manifest],
    settings: Settings,
    settings_file: str | None,
    step: Step | None,
    form: str,
) -> None:
    """Print every child that objects will ever have.

    Each has its parent and its step above it in YAML, and in its labels. An object that does not
    become ready is reported on standard error, and the exit code is 1.

    \b
    Example:
      substratus render -f examples/ --step train
    """
    del settings_file
    rendering = render(objects, settings)
    for line in rendering.unready():
        click.echo(printed(line), err=True)
    wanted = [each for each in rendering.children if step in {None, each.step}]
    click.echo(_FORMS[form](wanted), nl=False)
    sys.exit(1 if rendering.incomplete else 0)
