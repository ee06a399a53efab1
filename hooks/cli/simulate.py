"""`substratus simulate`: what happens to objects, step by step, until nothing moves."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from hooks.cli.offline import DispatchCaller, Rendered, ready, simulation, step_of
from hooks.cli.serving import server
from hooks.names import owner_labels
from hooks.offline import Caller, HttpCaller, Rule, Scenario, Simulation, TimelineEvent, Workload
from hooks.offline.scenario import (
    CreateContainerConfigError,
    ErrImagePull,
    Evicted,
    ExitCode,
    ImagePullBackOff,
    InvalidImageName,
    NeverReady,
    OOMKilled,
    Outcome,
    Unschedulable,
)
from hooks.settings import Settings

Manifest = dict[str, Any]

OUTCOMES: dict[str, Outcome] = {
    "OOMKilled": OOMKilled(),
    "Evicted": Evicted(),
    "ErrImagePull": ErrImagePull("not found"),
    "ImagePullBackOff": ImagePullBackOff("not found"),
    "InvalidImageName": InvalidImageName(),
    "CreateContainerConfigError": CreateContainerConfigError(),
    "Unschedulable": Unschedulable(),
    "NeverReady": NeverReady(),
}
_FAIL = re.compile(r"(?P<kind>\w+)/(?P<name>[^:]+):(?P<step>\w+)=(?P<reason>\w+)")
_SHOWN = re.compile(r"created|deleted|\w+ (\w+ → )?(True|False|Unknown)\b.*")


def scenario(failures: Sequence[str]) -> Scenario:
    """Return the scenario in which `KIND/NAME:STEP=REASON` happens, and all else succeeds.

    Raises:
        click.ClickException: a failure is not of that form, or its reason is not known.
    """
    return Scenario([_rule(each) for each in failures])


def _rule(failure: str) -> Rule:
    found = _FAIL.fullmatch(failure)
    if not found:
        raise click.ClickException(
            f"--fail {failure!r} must be KIND/NAME:STEP=REASON, such as "
            "Dataset/squad:load=OOMKilled."
        )
    reason = found["reason"]
    code = re.fullmatch(r"exit(\d+)", reason)
    outcome = ExitCode(int(code[1])) if code else OUTCOMES.get(reason)
    if outcome is None:
        raise click.ClickException(
            f"--fail {failure!r}: {reason} is not known. Known are {', '.join(OUTCOMES)} and "
            "exitN for an exit code N."
        )
    labels = owner_labels(found["kind"], found["name"])
    if found["step"] in {"build", "load", "train"}:
        labels["substratus.ai/step"] = found["step"]
    return Rule(Workload(labels=labels), outcome)


def timeline(sim: Simulation) -> Iterator[str]:
    """Run until nothing moves; yield a line for each thing that a person would look at."""
    start = sim.clock.now()
    seen: set[tuple[object, ...]] = set()
    for event in sim.run():
        key = (event.kind, event.namespace, event.name, event.what)
        if _is_shown(event) and key not in seen:
            seen.add(key)
            seconds = (event.time - start).total_seconds()
            place = f"{event.kind} {event.namespace}/{event.name}"
            yield f"{seconds:7.1f}s  {place:<58} {event.what}"


def _is_shown(event: TimelineEvent) -> bool:
    return (
        event.kind != "Pod"
        and not event.what.startswith("SuccessCriteriaMet")
        and _SHOWN.fullmatch(event.what.splitlines()[0]) is not None
    )


def table(sim: Simulation, objects: Sequence[Manifest]) -> tuple[list[str], bool]:
    """Return a line for each object with its readiness, and whether all are ready."""
    rows = [
        (
            f"{found['kind']}/{found['metadata']['name']}",
            condition.get("status", "Unknown"),
            condition.get("reason", ""),
            condition.get("message", "") if condition.get("status") != "True" else "",
        )
        for found, condition in ready(sim, objects)
    ]
    widths = [max(len(row[column]) for row in [*rows, _HEAD]) for column in range(3)]
    lines = [
        "  ".join([*(row[i].ljust(widths[i]) for i in range(3)), row[3]]).rstrip()
        for row in [_HEAD, *rows]
    ]
    return lines, all(row[1] == "True" or row[2] == "Suspended" for row in rows)


_HEAD = ("OBJECT", "READY", "REASON", "")


def write_children(rendered: Rendered, directory: Path) -> int:
    """Write every child into a file of its own; return how many there are."""
    for (kind, namespace, name, *_), child in sorted(rendered.children.items()):
        target = directory / namespace / f"{kind.lower()}-{name}"
        target.mkdir(parents=True, exist_ok=True)
        file = target / f"{step_of(child)}-{child['kind'].lower()}-{child['metadata']['name']}.yaml"
        file.write_text(yaml.safe_dump(child, sort_keys=False, width=120), encoding="utf-8")
    return len(rendered.children)


def run(
    objects: list[Manifest],
    settings: Settings,
    *,
    scenario: Scenario,
    served_with: tuple[str | None] | None,
    output: Path | None,
) -> int:
    """Print the timeline and the table; return the exit code: 0 if all objects are Ready.

    Args:
        objects: the objects.
        settings: for hooks in this process.
        scenario: what fails.
        served_with: the settings file for a real server; None for hooks in this process.
        output: where to write the children.
    """
    rendered = Rendered()
    with _caller(settings, served_with) as caller:
        sim = simulation(
            objects,
            caller=caller,
            settings=settings,
            scenario=scenario,
            rendered=rendered,
            start=_now(served_with),
        )
        for line in timeline(sim):
            click.echo(line)
    lines, all_ready = table(sim, objects)
    click.echo()
    for line in lines:
        click.echo(line)
    if output:
        click.echo(f"\n{write_children(rendered, output)} children are in {output}/.")
    return 0 if all_ready else 1


@contextmanager
def _caller(settings: Settings, served_with: tuple[str | None] | None) -> Iterator[Caller]:
    if served_with is None:
        yield DispatchCaller(settings)
        return
    with server(served_with[0]) as address, HttpCaller(address) as caller:
        click.echo(f"The hooks are served by gunicorn at {address}.\n")
        yield caller


def _now(served_with: tuple[str | None] | None) -> datetime | None:
    """Return when to begin: a real server reads the real clock, so the virtual one follows it."""
    return datetime.now(UTC) if served_with else None
