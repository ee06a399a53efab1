"""Every image that the Pods of some objects pull."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hooks import names
from substratus.render import Child

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Image:
    """An image.

    Attributes:
        image: its reference, as a container has it.
        built: whether a build of these objects pushes it; any other one must be there before.
        used: the containers that run it, as `Kind/name step container`.
    """

    image: str
    built: bool
    used: tuple[str, ...]


def images(children: Iterable[Child]) -> list[Image]:
    """Return every image that the Pods of the children pull, in the order of the alphabet."""
    given = [*children]
    used: dict[str, list[str]] = {}
    for child in given:
        for container in containers(child.manifest):
            kind, _, name = child.parent
            used.setdefault(container["image"], []).append(
                f"{kind}/{name} {child.step} {container['name']}"
            )
    built = {_result(each.manifest) for each in given}
    return [
        Image(each, each in built, tuple(dict.fromkeys(places)))
        for each, places in sorted(used.items())
    ]


def containers(child: Manifest) -> Iterator[Manifest]:
    """Yield the containers of a child's Pods, in the order in which they start."""
    pod = ((child.get("spec") or {}).get("template") or {}).get("spec") or {}
    for part in ("initContainers", "containers"):
        yield from pod.get(part) or []


def _result(child: Manifest) -> str:
    return str((child["metadata"].get("annotations") or {}).get(names.RESULT, ""))
