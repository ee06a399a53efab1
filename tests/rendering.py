"""Every child that the examples ever have, with settings of the test's own."""

from functools import cache
from pathlib import Path

from hooks.cli.files import read_objects
from hooks.cli.offline import DispatchCaller, Rendered, simulation
from hooks.settings import Settings

EXAMPLES = Path(__file__).parents[1] / "examples"


def children(settings: Settings) -> tuple[dict, ...]:
    """Return the children of all examples under these settings."""
    return _children(settings.model_dump_json(by_alias=True))


@cache
def _children(text: str) -> tuple[dict, ...]:
    settings = Settings.model_validate_json(text)
    rendered = Rendered()
    objects = read_objects([str(EXAMPLES)], namespace="team")
    simulation(objects, caller=DispatchCaller(settings), rendered=rendered).settle()
    return tuple(rendered.children.values())


def pods(settings: Settings) -> list[tuple[str, dict]]:
    """Return the Pod templates of these children, each with its step."""
    return [
        (child["metadata"]["labels"]["substratus.ai/step"], child["spec"]["template"])
        for child in children(settings)
        if "template" in child.get("spec", {})
    ]
