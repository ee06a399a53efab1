"""`substratus simulate`: what happens to objects, step by step, until nothing moves."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from metacontroller_offline import (
    Caller,
    HttpCaller,
    Scenario,
    Simulation,
    TimelineEvent,
)

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus.commands.simulate.serving import server
from substratus.objects import key, short_names
from substratus.offline import DispatchCaller, Rendered, ready, simulation, step_of
from substratus.terminal import as_json, printed, table

Manifest = dict[str, Any]

_SHOWN = re.compile(r"created|deleted|\w+ (\w+ → )?(True|False|Unknown)\b.*")


@dataclass(frozen=True)
class Happening:
    """Something that a person would look at: when, to which object, and what."""

    seconds: float
    kind: str
    namespace: str
    name: str
    what: str

    def __str__(self) -> str:
        place = f"{self.kind} {self.namespace}/{self.name}"
        return f"{self.seconds:7.1f}s  {place:<58} {self.what}"


def timeline(sim: Simulation) -> Iterator[Happening]:
    """Run until nothing moves; yield each thing that a person would look at, once."""
    start = sim.clock.now()
    seen: set[tuple[object, ...]] = set()
    for event in sim.run():
        key = (event.kind, event.namespace, event.name, event.what)
        if _is_shown(event) and key not in seen:
            seen.add(key)
            yield Happening((event.time - start).total_seconds(), *key)


def _is_shown(event: TimelineEvent) -> bool:
    return (
        event.kind != "Pod"
        and not event.what.startswith("SuccessCriteriaMet")
        and _SHOWN.fullmatch(event.what.splitlines()[0]) is not None
    )


@dataclass(frozen=True)
class End:
    """How an object is when nothing moves any more."""

    object: str
    ready: str
    reason: str
    message: str


def ends(sim: Simulation, objects: Sequence[Manifest]) -> list[End]:
    """Return how each object is."""
    called = short_names(map(key, objects))
    return [
        End(
            called(key(found)),
            condition.get("status", "Unknown"),
            condition.get("reason", ""),
            condition.get("message", "") if condition.get("status") != "True" else "",
        )
        for found, condition in ready(sim, objects)
    ]


def write_children(rendered: Rendered, directory: Path) -> int:
    """Write every child into a file of its own; return how many there are."""
    for (kind, namespace, name, *_), child in sorted(rendered.children.items()):
        target = directory / namespace / f"{kind.lower()}-{name}"
        target.mkdir(parents=True, exist_ok=True)
        file = target / f"{step_of(child)}-{child['kind'].lower()}-{child['metadata']['name']}.yaml"
        file.write_text(as_yaml(child), encoding="utf-8")
    return len(rendered.children)


def run(
    objects: list[Manifest],
    settings: Settings,
    *,
    scenario: Scenario,
    served_with: tuple[str | None] | None,
    write: Path | None,
    form: str,
) -> int:
    """Print what happens and how it ends; return the exit code: 0 if all objects are Ready.

    Args:
        objects: the objects.
        settings: for hooks in this process.
        scenario: what fails.
        served_with: the settings file for a real server; None for hooks in this process.
        write: where to write the children.
        form: `table`, which is printed as it happens, `yaml` or `json`.
    """
    rendered = Rendered()
    is_table = form == "table"
    with _caller(settings, served_with, quiet=not is_table) as caller:
        sim = simulation(
            objects,
            caller=caller,
            settings=settings,
            scenario=scenario,
            rendered=rendered,
            start=_now(served_with),
        )
        if is_table:
            for each in timeline(sim):
                click.echo(printed(str(each)))
            happened = []
        else:
            happened = [*timeline(sim)]
    found = ends(sim, objects)
    if is_table:
        rows = [(each.object, each.ready, each.reason, each.message) for each in found]
        click.echo("\n" + "\n".join(table(("OBJECT", "READY", "REASON", ""), rows)))
    else:
        record = {"timeline": [*map(asdict, happened)], "objects": [*map(asdict, found)]}
        click.echo(as_json(record) if form == "json" else as_yaml(record), nl=False)
    if write:
        count = write_children(rendered, write)
        click.echo(f"\n{count} children are in {write}/." if is_table else "", nl=is_table)
    return 0 if all(each.ready == "True" for each in found) else 1


@contextmanager
def _caller(
    settings: Settings, served_with: tuple[str | None] | None, *, quiet: bool
) -> Iterator[Caller]:
    if served_with is None:
        yield DispatchCaller(settings)
        return
    with server(served_with[0]) as address, HttpCaller(address) as caller:
        if not quiet:
            click.echo(f"The hooks are served by gunicorn at {address}.\n")
        yield caller


def _now(served_with: tuple[str | None] | None) -> datetime | None:
    """Return when to begin: a real server reads the real clock, so the virtual one follows it."""
    return datetime.now(UTC) if served_with else None
