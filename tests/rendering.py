"""Every child that the examples ever have, rendered once for each file and settings."""

from functools import cache
from pathlib import Path

from hooks.settings import Settings
from substratus.files import read_objects
from substratus.rendering import Rendering, render

EXAMPLES = Path(__file__).parents[1] / "examples"


def rendering(settings: Settings, example: str | None = None) -> Rendering:
    """Return what becomes of all examples, or of one, under these settings; do not change it."""
    return _rendering(settings.model_dump_json(by_alias=True), example)


@cache
def _rendering(text: str, example: str | None) -> Rendering:
    source = EXAMPLES / f"{example}.yaml" if example else EXAMPLES
    objects = read_objects([str(source)], namespace="team")
    return render(objects, Settings.model_validate_json(text))


def children(settings: Settings, example: str | None = None) -> list[dict]:
    """Return the children of all examples, or of one, under these settings."""
    return [child.manifest for child in rendering(settings, example).children]


def pods(settings: Settings, example: str | None = None) -> list[tuple[str, dict]]:
    """Return the Pod templates of these children, each with its step."""
    return [
        (child["metadata"]["labels"]["substratus.ai/step"], child["spec"]["template"])
        for child in children(settings, example)
        if "template" in child.get("spec", {})
    ]
