"""`substratus render`: every child that objects will ever have."""

import sys
from collections.abc import Iterable
from typing import Any

import click
import yaml

from hooks.cli.offline import STEPS, DispatchCaller, Rendered, ready, simulation, step_of
from hooks.settings import Settings

Manifest = dict[str, Any]


def render(objects: list[Manifest], settings: Settings, *, step: str | None) -> tuple[str, int]:
    """Return the children as YAML, each with its parent and step, and the exit code.

    The hooks themselves are asked, as Metacontroller asks them, in a cluster where every Job
    succeeds. An object that does not become ready there is told on standard error.
    """
    rendered = Rendered()
    sim = simulation(objects, caller=DispatchCaller(settings), settings=settings, rendered=rendered)
    sim.settle()
    told = [(found, condition) for found, condition in ready(sim, objects) if not _is_up(condition)]
    for found, condition in told:
        name = f"{found['kind']} {found['metadata']['name']}"
        click.echo(f"{name} is not complete: {condition.get('message', 'no condition')}", err=True)
    order: dict[tuple[str, ...], int] = {_key(each): index for index, each in enumerate(objects)}
    children = sorted(
        rendered.children.items(),
        key=lambda item: (order[item[0][:3]], STEPS.index(step_of(item[1])), item[0]),
    )
    wanted = [(key, child) for key, child in children if step in (None, step_of(child))]
    return _text(wanted), 1 if told else 0


def write(text: str, code: int) -> None:
    """Print the text and leave with the code."""
    click.echo(text, nl=False)
    sys.exit(code)


def _text(children: Iterable[tuple[tuple[str, ...], Manifest]]) -> str:
    documents = (
        f"# {key[0]} {key[1]}/{key[2]}, step {step_of(child)}\n"
        + yaml.safe_dump(child, sort_keys=False, width=120)
        for key, child in children
    )
    return "---\n".join(documents)


def _key(each: Manifest) -> tuple[str, str, str]:
    return each["kind"], each["metadata"]["namespace"], each["metadata"]["name"]


def _is_up(condition: Manifest) -> bool:
    return condition.get("status") == "True" or condition.get("reason") == "Suspended"
