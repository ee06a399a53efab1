"""The objects and what they wait for, as nodes and edges."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from substratus.objects import Key, key
from substratus.references import references

Manifest = dict[str, Any]


class State(StrEnum):
    """How an object is."""

    READY = "ready"
    NOT_READY = "notReady"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True)
class Node:
    """An object: its identity, how it is, and the reason that its condition `Ready` gives."""

    key: Key
    state: State
    reason: str = ""

    @property
    def kind(self) -> str:
        """The object's kind."""
        return self.key[0]

    @property
    def namespace(self) -> str:
        """The object's namespace."""
        return self.key[1]

    @property
    def name(self) -> str:
        """The object's name."""
        return self.key[2]


@dataclass(frozen=True)
class Graph:
    """Nodes in the order in which they were given, and edges from what is waited for."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[Key, Key], ...]

    def namespaces(self) -> list[tuple[str, "Graph"]]:
        """Return each namespace with its part; no edge leads from one to another."""
        names = sorted({each.namespace for each in self.nodes})
        return [
            (
                name,
                Graph(
                    tuple(each for each in self.nodes if each.namespace == name),
                    tuple(each for each in self.edges if each[0][1] == name),
                ),
            )
            for name in names
        ]


def graph(objects: Iterable[Manifest]) -> Graph:
    """Return what the objects depend on; a name that none of them has is a node that is missing."""
    nodes = {key(each): _node(each) for each in objects}
    edges = []
    for each in objects:
        for to in references(each):
            nodes.setdefault(to, Node(to, State.MISSING))
            edges.append((to, key(each)))
    return Graph(tuple(nodes.values()), tuple(edges))


def _node(manifest: Manifest) -> Node:
    status = manifest.get("status") or {}
    conditions = status.get("conditions") or []
    ready = next((each for each in conditions if each.get("type") == "Ready"), None)
    if ready is None:
        return Node(key(manifest), State.UNKNOWN)
    reason = str(ready.get("reason", ""))
    generation = manifest["metadata"].get("generation") or 0
    if (status.get("observedGeneration") or 0) < generation:
        return Node(key(manifest), State.NOT_READY, "a change is not seen yet")
    is_ready = ready.get("status") == "True"
    return Node(key(manifest), State.READY if is_ready else State.NOT_READY, reason)
