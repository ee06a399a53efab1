"""Every child that the examples ever have, with settings of the test's own."""

from functools import cache
from pathlib import Path

from hooks.settings import Settings
from substratus.files import read_objects
from substratus.offline import DispatchCaller, Rendered, simulation

EXAMPLES = Path(__file__).parents[1] / "examples"


def children(settings: Settings, example: str | None = None) -> tuple[dict, ...]:
    """Return the children of all examples, or of one, under these settings."""
    return _children(settings.model_dump_json(by_alias=True), example)


@cache
def _children(text: str, example: str | None) -> tuple[dict, ...]:
    settings = Settings.model_validate_json(text)
    rendered = Rendered()
    source = EXAMPLES / f"{example}.yaml" if example else EXAMPLES
    objects = read_objects([str(source)], namespace="team")
    caller = DispatchCaller(settings)
    simulation(objects, caller=caller, settings=settings, rendered=rendered).settle()
    return tuple(rendered.children.values())


def pods(settings: Settings, example: str | None = None) -> list[tuple[str, dict]]:
    """Return the Pod templates of these children, each with its step."""
    return [
        (child["metadata"]["labels"]["substratus.ai/step"], child["spec"]["template"])
        for child in children(settings, example)
        if "template" in child.get("spec", {})
    ]
