"""Where each node of a graph is: columns from left to right, after the method of Sugiyama.

A node is one column after the last of what it waits for. An edge that passes a column gets a
place of its own in it, so that it leads between the nodes. Within a column the order follows the
neighbours' mean place, which keeps crossings few.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Name = Hashable
Edge = tuple[Name, Name]

_SWEEPS = 8


@dataclass(frozen=True)
class Layout:
    """Where things are.

    Attributes:
        column: each node's column, from 0.
        row: each node's row; not whole where that is straighter.
        routes: for each edge, the (column, row) of the places that it passes between its ends.
        rows: how many rows there are.
    """

    column: Mapping[Name, int]
    row: Mapping[Name, float]
    routes: Mapping[Edge, Sequence[tuple[int, float]]]
    rows: float


def layout(nodes: Sequence[Name], edges: Iterable[Edge]) -> Layout:
    """Return the layout of a graph; its parts that no edge joins are one below another.

    Args:
        nodes: the nodes; where nothing else decides, their order does.
        edges: from what is left to what is right. One that closes a circle is drawn, but
            decides nothing.
    """
    known = set(nodes)
    given = [each for each in dict.fromkeys(edges) if set(each) <= known]
    column = _columns(nodes, given)
    rows: dict[Name, float] = {}
    routes: dict[Edge, list[tuple[int, float]]] = {}
    top = 0.0
    for part in _parts(nodes, given):
        inside = [each for each in given if each[0] in part]
        placed, passed, height = _place([n for n in nodes if n in part], inside, column)
        rows |= {each: row + top for each, row in placed.items()}
        routes |= {edge: [(at, row + top) for at, row in places] for edge, places in passed.items()}
        top += height
    return Layout(column, rows, routes, top)


def _columns(nodes: Sequence[Name], edges: Sequence[Edge]) -> dict[Name, int]:
    """Return each node's column: one after the last of what is before it."""
    before = defaultdict(list)
    for left, right in edges:
        before[right].append(left)
    column: dict[Name, int] = {}

    def visit(node: Name, path: frozenset[Name]) -> int:
        if node not in column:
            inner = path | {node}
            column[node] = max(
                (visit(each, inner) + 1 for each in before[node] if each not in inner), default=0
            )
        return column[node]

    for node in nodes:
        visit(node, frozenset())
    return column


def _parts(nodes: Sequence[Name], edges: Sequence[Edge]) -> list[set[Name]]:
    """Return the sets of nodes that edges join, in the order of their first nodes."""
    beside = defaultdict(list)
    for left, right in edges:
        beside[left].append(right)
        beside[right].append(left)
    parts: list[set[Name]] = []
    seen: set[Name] = set()
    for node in nodes:
        found, waiting = set[Name](), [node]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                found.add(at)
                waiting += beside[at]
        if found:
            parts.append(found)
    return parts


def _place(
    nodes: Sequence[Name], edges: Sequence[Edge], column: Mapping[Name, int]
) -> tuple[dict[Name, float], dict[Edge, list[tuple[int, float]]], float]:
    """Return the rows of a joined part, the places that its edges pass, and its height."""
    columns: dict[int, list[Name]] = defaultdict(list)
    for node in nodes:
        columns[column[node]].append(node)
    links: dict[Name, list[Name]] = defaultdict(list)
    passed: dict[Edge, list[tuple[int, Name]]] = {}
    for edge in edges:
        left, right = edge
        between = range(column[left] + 1, column[right])
        passed[edge] = [(at, (edge, at)) for at in between]
        for at, place in passed[edge]:
            columns[at].append(place)
        for one, other in pairwise([left, *(place for _, place in passed[edge]), right]):
            links[one].append(other)
            links[other].append(one)
    row = _rows([columns[at] for at in sorted(columns)], links)
    routes = {edge: [(at, row[place]) for at, place in passed[edge]] for edge in edges}
    return {each: row[each] for each in nodes}, routes, max(row.values()) + 1


def _rows(columns: Sequence[list[Name]], links: Mapping[Name, Sequence[Name]]) -> dict[Name, float]:
    """Return a row for everything in the columns, near the mean of what it is linked to."""
    row = {each: float(at) for column in columns for at, each in enumerate(column)}

    def mean(each: Name) -> float:
        near = links.get(each) or [each]
        return sum(row[other] for other in near) / len(near)

    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {each: mean(each) for each in column}
            column.sort(key=wanted.__getitem__)
            row |= _spread(column, wanted)
    top = min(row.values())
    return {each: at - top for each, at in row.items()}


def _spread(column: Sequence[Name], wanted: Mapping[Name, float]) -> dict[Name, float]:
    """Return rows in the order of the column, at least one apart, as near as may be to the wanted.

    What would be too close forms a block around its mean; that is the least sum of squares.
    """
    blocks: list[list[float]] = []  # each: first row, size
    for at, each in enumerate(column):
        blocks.append([wanted[each] - at, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            place, size = blocks.pop()
            before, others = blocks[-1]
            blocks[-1] = [(before * others + place * size) / (others + size), others + size]
    shifts = [place for place, size in blocks for _ in range(int(size))]
    return {each: shift + at for at, (each, shift) in enumerate(zip(column, shifts, strict=True))}
