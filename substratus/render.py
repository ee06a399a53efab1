"""`substratus render`: every child that objects will ever have."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hooks.dialect import as_yaml
from hooks.settings import Settings
from substratus.files import Key, key
from substratus.offline import STEPS, DispatchCaller, Rendered, ready, settled, simulation, step_of
from substratus.terminal import as_json, table

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Child:
    """A child: its parent, its step, and what it is."""

    parent: Key
    step: str
    manifest: Manifest

    @property
    def name(self) -> str:
        """Kind and name."""
        return f"{self.manifest['kind']} {self.manifest['metadata']['name']}"


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


def render(objects: list[Manifest], settings: Settings) -> Rendering:
    """Return the children, by parent and step.

    The hooks themselves are asked, as Metacontroller asks them, in a cluster where every Job
    succeeds.
    """
    rendered = Rendered()
    sim = simulation(objects, caller=DispatchCaller(settings), settings=settings, rendered=rendered)
    settled(sim, objects)
    incomplete = [each for each in ready(sim, objects) if not is_up(each[1])]
    return Rendering(in_order(rendered, objects), incomplete, rendered.requests)


def in_order(rendered: Rendered, objects: Iterable[Manifest]) -> list[Child]:
    """Return what was rendered, in the order of the parents and of their steps."""
    order = {key(each): index for index, each in enumerate(objects)}
    found = [
        (Child(_parent(place), step_of(child), child), place)
        for place, child in rendered.children.items()
    ]
    return [
        child
        for child, _ in sorted(
            found, key=lambda each: (order[each[0].parent], STEPS.index(each[0].step), each[1])
        )
    ]


def told(rendering: Rendering) -> Iterator[str]:
    """Yield a sentence for each object that does not become ready."""
    for found, condition in rendering.incomplete:
        name = f"{found['kind']} {found['metadata']['name']}"
        yield f"{name} is not complete: {condition.get('message', 'no condition')}"


def is_up(condition: Manifest) -> bool:
    """Return whether a `Ready` condition says that all is as it was asked for."""
    return condition.get("status") == "True"


def _parent(place: tuple[str, ...]) -> Key:
    return place[0], place[1], place[2]


def _yaml(children: Sequence[Child]) -> str:
    return "---\n".join(
        f"# {each.parent[0]} {each.parent[1]}/{each.parent[2]}, step {each.step}\n"
        + as_yaml(each.manifest)
        for each in children
    )


def _json(children: Sequence[Child]) -> str:
    items = [each.manifest for each in children]
    return as_json({"apiVersion": "v1", "kind": "List", "items": items})


def _table(children: Sequence[Child]) -> str:
    head = ("NAMESPACE", "KIND", "NAME", "STEP", "OF")
    rows = [
        (
            each.parent[1],
            each.manifest["kind"],
            each.manifest["metadata"]["name"],
            each.step,
            f"{each.parent[0]}/{each.parent[2]}",
        )
        for each in children
    ]
    return "\n".join(table(head, rows)) + "\n"


FORMS: Mapping[str, Callable[[Sequence[Child]], str]] = {
    "yaml": _yaml,
    "json": _json,
    "table": _table,
}
"""How children are printed."""
