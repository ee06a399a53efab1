"""`substratus explain`."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

import click

from hooks.dialect import as_yaml
from hooks.settings import Settings
from hooks.step import Step
from substratus import options
from substratus.commands.explain.decision import Explanation
from substratus.commands.explain.explanations import explain
from substratus.objects import Manifest
from substratus.rendering import render
from substratus.terminal import as_json, printed


def _text(steps: Sequence[Explanation]) -> str:
    return "".join(f"{line}\n" for line in _lines(steps))


def _lines(steps: Sequence[Explanation]) -> Iterator[str]:
    for each in steps:
        kind, namespace, name = each.parent
        head = click.style(printed(f"{kind} {namespace}/{name}, step {each.step}"), bold=True)
        yield f"{head}: {', '.join(each.children) or 'no children'}"
        for decision in each.decisions:
            yield printed(f"  {decision.what}: {_in_words(decision.value)}")
            yield printed(f"      {decision.because}")
            yield from (printed(f"      not {one.what}: {one.why}") for one in decision.passed_over)
        yield ""


def _in_words(value: object) -> str:
    """Return a value as its YAML could have it; a map or a list on one line."""
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _record(steps: Sequence[Explanation]) -> list[Manifest]:
    """Return the explanation for tools, in JSON's own types."""
    return [
        {
            **asdict(each),
            "step": str(each.step),
            "parent": dict(zip(("kind", "namespace", "name"), each.parent, strict=True)),
            "children": [*each.children],
            "decisions": [
                {**asdict(decision), "passed_over": [asdict(one) for one in decision.passed_over]}
                for decision in each.decisions
            ],
        }
        for each in steps
    ]


_FORMS: Mapping[str, Callable[[Sequence[Explanation]], str]] = {
    "text": _text,
    "yaml": lambda steps: as_yaml(_record(steps)),
    "json": lambda steps: as_json(_record(steps)),
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
    """Say why each child is as it is, with the arithmetic in numbers.

    For each object and step: which rule chose the accelerator and how many of it, the memory, the
    nodes, the names and the runs; and what was passed over, and why.

    \b
    Example:
      substratus explain -f examples/7b-gpu.yaml --platform gke --step train
    """
    del settings_file
    rendering = render(objects, settings)
    for line in rendering.unready():
        click.echo(printed(line), err=True)
    found = [each for each in explain(rendering, settings) if step in {None, each.step}]
    click.echo(_FORMS[form](found), nl=False)
    sys.exit(1 if rendering.incomplete else 0)
