"""Every child that objects will ever have: what `render`, `explain`, `images`, `cost` work on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hooks.settings import Settings
from hooks.step import Step
from substratus.objects import Key, key, named
from substratus.offline import DispatchCaller, Rendered, ready, settled, simulation, step_of

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Child:
    """A child: its parent, its step, and what it is."""

    parent: Key
    step: Step
    manifest: Manifest

    @property
    def name(self) -> str:
        """Kind and name."""
        return f"{self.manifest['kind']} {self.manifest['metadata']['name']}"

    @property
    def pod(self) -> Manifest:
        """The spec of its Pods; empty where it has none."""
        template = (self.manifest.get("spec") or {}).get("template") or {}
        spec: Manifest = template.get("spec") or {}
        return spec

    @property
    def containers(self) -> list[Manifest]:
        """The containers of its Pods, in the order in which they start."""
        return [*(self.pod.get("initContainers") or []), *(self.pod.get("containers") or [])]

    @property
    def container(self) -> Manifest:
        """The container of its Pods that does the step; empty where it has none."""
        names = (each for each in self.containers if each["name"] == self.step.container)
        return next(names, {})

    @property
    def requests(self) -> Mapping[str, Any]:
        """The resources that this container requests."""
        requests: Mapping[str, Any] = self.container.get("resources", {}).get("requests", {})
        return requests


@dataclass(frozen=True)
class Rendering:
    """What becomes of some objects.

    Attributes:
        children: all children, by parent and step.
        incomplete: the objects that do not become ready, each with its condition.
        requests: the last call of each object's sync hook.
    """

    children: Sequence[Child]
    incomplete: Sequence[tuple[Manifest, Manifest]]
    requests: Mapping[Key, Manifest]

    def unready(self) -> Iterator[str]:
        """Yield a sentence for each object that does not become ready."""
        for parent, condition in self.incomplete:
            yield f"{named(parent)} is not complete: {condition.get('message', 'no condition')}"


def render(objects: list[Manifest], settings: Settings) -> Rendering:
    """Return the children, by parent and step.

    The hooks themselves are asked, as Metacontroller asks them, in a cluster where every Job
    succeeds.
    """
    rendered = Rendered()
    sim = simulation(objects, caller=DispatchCaller(settings), settings=settings, rendered=rendered)
    settled(sim, objects)
    incomplete = [each for each in ready(sim, objects) if not is_up(each[1])]
    return Rendering(_in_order(rendered, objects), incomplete, rendered.requests)


def _in_order(rendered: Rendered, objects: Iterable[Manifest]) -> list[Child]:
    """Return what was rendered, in the order of the parents and of their steps."""
    order, steps = {key(each): index for index, each in enumerate(objects)}, [*Step]
    placed = [
        ((order[parent], steps.index(step), place), Child(parent, step, manifest))
        for place, manifest in rendered.children.items()
        for parent in [(place[0], place[1], place[2])]
        if (step := step_of(manifest))
    ]
    return [child for _, child in sorted(placed, key=lambda each: each[0])]


def is_up(condition: Manifest) -> bool:
    """Return whether a `Ready` condition says that all is as it was asked for."""
    return condition.get("status") == "True"
