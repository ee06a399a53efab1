"""`substratus cost`."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus import options
from substratus.commands.cost.costs import Cost, Option, costs, total
from substratus.objects import Key, Manifest, short_names
from substratus.rendering import render
from substratus.terminal import as_json, printed, table

_SHOWN = 4
"""The best come first; all of them are in YAML and JSON."""
_HEAD = ("OBJECT", "STEP", "PODS", "EACH HAS", "AN HOUR", "WOULD FIT")


def _text(found: Sequence[Cost]) -> str:
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Sequence[Cost]) -> Iterator[str]:
    called = short_names(each.parent for each in found)
    yield from table(_HEAD, [_row(each, called) for each in found])
    yield ""
    unknown = [each for each in found if each.price is None and each.accelerator and each.pods]
    if any(each.price is not None for each in found):
        yield f"What stays costs {total(found, lasts=True):.2f} an hour."
        yield f"What ends by itself costs {total(found, lasts=False):.2f} an hour while it runs."
    if unknown:
        yield f"{len(unknown)} have an accelerator without a price, and are not counted."


def _row(each: Cost, called: Callable[[Key], str]) -> tuple[str, ...]:
    has = f"{each.count} x {each.accelerator}" if each.accelerator else "no accelerator"
    price = "-" if each.price is None else f"{each.price:.2f}"
    described = [_described(one) for one in each.options]
    more = [f"{len(described) - _SHOWN} more"] if len(described) > _SHOWN else []
    others = "; ".join([*described[:_SHOWN], *more]) or "-"
    return called(each.parent), each.step, str(each.pods), has, price, others


def _described(option: Option) -> str:
    if option.count is None:
        return f"not {option.accelerator} ({option.needed} needed, {option.most} at most)"
    price = "" if option.price is None else f" {option.price:.2f}"
    return f"{option.count} x {option.accelerator}{price}"


def _record(found: Sequence[Cost]) -> Manifest:
    return {
        "perHour": {"stays": total(found, lasts=True), "ends": total(found, lasts=False)},
        "pods": [
            {
                **asdict(each),
                "step": str(each.step),
                "parent": dict(zip(("kind", "namespace", "name"), each.parent, strict=True)),
                "options": [*map(asdict, each.options)],
            }
            for each in found
        ],
    }


_FORMS: Mapping[str, Callable[[Sequence[Cost]], str]] = {
    "table": _text,
    "yaml": lambda found: as_yaml(_record(found)),
    "json": lambda found: as_json(_record(found)),
}


@click.command()
@options.objects
@options.platform
@options.output(*_FORMS)
def command(
    *, objects: list[Manifest], settings: Settings, settings_file: str | None, form: str
) -> None:
    """Say what each Pod costs per hour, and on which nodes it fits.

    Prices are those of compute.accelerators in the settings, in their currency. How long a Job
    runs is not known, so nothing is said of its whole cost.

    \b
    Example:
      substratus cost -f examples/ --platform gke
    """
    del settings_file
    rendering = render(objects, settings)
    for line in rendering.unready():
        click.echo(printed(line), err=True)
    click.echo(_FORMS[form](costs(rendering.children, objects, settings)), nl=False)
    sys.exit(1 if rendering.incomplete else 0)
