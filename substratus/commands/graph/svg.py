"""A graph as SVG that is complete: no script, no font and no picture from elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from substratus.commands.graph.dependencies import Graph, Node, State
from substratus.commands.graph.layout import Layout, layout

_HEIGHT = 46
_ROW = 60
_GAP = 70
"""Pixels between two columns, where the edges bend."""
_MARGIN = 24
_HEADING = 34
_LETTER = 8.2
"""Pixels of a letter of 13 pixels, as wide fonts have it."""
_LONGEST = 34
_NARROWEST = 130
_LEGEND = 34

_COLOURS = {
    "Dataset": "#8250df",
    "Model": "#0969da",
    "ModelServer": "#1a7f37",
    "Notebook": "#bc4c00",
}
_STATES = {
    State.READY: ("#1a7f37", "Ready"),
    State.NOT_READY: ("#cf222e", "not Ready"),
    State.UNKNOWN: ("#8c959f", "no status"),
    State.MISSING: ("#9a6700", "in no file"),
}


@dataclass(frozen=True)
class _Columns:
    """Where the columns begin, and how wide they are, in pixels."""

    left: tuple[float, ...]
    width: tuple[float, ...]


def svg(graph: Graph) -> str:
    """Return the graph as an SVG document."""
    parts = [
        (name, part, layout([each.key for each in part.nodes], part.edges))
        for name, part in graph.namespaces()
    ]
    columns = _columns([(part, found) for _, part, found in parts])
    body: list[str] = []
    top = float(_MARGIN)
    for name, part, found in parts:
        if len(parts) > 1:
            body.append(
                f'<text class="namespace" x="{_MARGIN}" y="{top + 16:g}">{escape(name)}</text>'
            )
            top += _HEADING
        body += _edges(part, found, columns, top)
        body += [_node(each, found, columns, top) for each in part.nodes]
        top += found.rows * _ROW
    width = max(columns.left[-1] + columns.width[-1] + _MARGIN if columns.left else 0, 560)
    body += _legend(graph, top + 6)
    return _document(body, width, top + _LEGEND + _MARGIN)


def _columns(parts: list[tuple[Graph, Layout]]) -> _Columns:
    longest: dict[int, int] = {}
    for graph, found in parts:
        for node in graph.nodes:
            column = found.column[node.key]
            length = max(len(_short(node.name)), len(_caption(node)))
            longest[column] = max(longest.get(column, 0), length)
    left: list[float] = []
    width: list[float] = []
    x = float(_MARGIN)
    for column in sorted(longest):
        left.append(x)
        width.append(max(_NARROWEST, longest[column] * _LETTER + 34))
        x += width[-1] + _GAP
    return _Columns(tuple(left), tuple(width))


def _node(node: Node, found: Layout, columns: _Columns, top: float) -> str:
    at = found.column[node.key]
    x, y, width = columns.left[at], top + found.row[node.key] * _ROW, columns.width[at]
    colour = _COLOURS.get(node.kind, "#57606a")
    state, said = _STATES[node.state]
    dashed = ' stroke-dasharray="5 4"' if node.state is State.MISSING else ""
    title = f"{node.kind} {node.namespace}/{node.name}: {node.reason or said}"
    return (
        f"<g><title>{escape(title)}</title>"
        f'<rect class="box" x="{x:g}" y="{y:g}" width="{width:g}" height="{_HEIGHT}" rx="6"'
        f' stroke="{state}"{dashed}/>'
        f'<rect x="{x:g}" y="{y + 8:g}" width="4" height="{_HEIGHT - 16}" fill="{colour}"/>'
        f'<circle cx="{x + width - 14:g}" cy="{y + 15:g}" r="5" fill="{state}"/>'
        f'<text class="kind" x="{x + 14:g}" y="{y + 18:g}" fill="{colour}">'
        f"{escape(_caption(node))}</text>"
        f'<text class="name" x="{x + 14:g}" y="{y + 36:g}">{escape(_short(node.name))}</text></g>'
    )


def _caption(node: Node) -> str:
    """Return the small line above a name: the kind, and why it is not ready."""
    why = node.reason if node.state is State.NOT_READY else ""
    why = "in no file" if node.state is State.MISSING else why
    return _short(f"{node.kind}: {why}" if why else node.kind)


def _short(text: str) -> str:
    """Return a text that fits: of a long one, its two ends, which distinguish objects."""
    if len(text) <= _LONGEST:
        return text
    half = (_LONGEST - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _edges(graph: Graph, found: Layout, columns: _Columns, top: float) -> Iterator[str]:
    def middle(row: float) -> float:
        return top + row * _ROW + _HEIGHT / 2

    for edge in graph.edges:
        before, after = edge
        start = columns.left[found.column[before]] + columns.width[found.column[before]]
        path = f"M{start:g} {middle(found.row[before]):g}"
        x, y = start, middle(found.row[before])
        for at, row in found.routes[edge]:
            path += _bend(x, y, columns.left[at], middle(row))
            x, y = columns.left[at] + columns.width[at], middle(row)
            path += f" H{x:g}"
        end = columns.left[found.column[after]] - 3
        path += _bend(x, y, end, middle(found.row[after]))
        yield f'<path class="edge" d="{path}" marker-end="url(#arrow)"/>'


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (x + to_x) / 2
    return f" C{half:g} {y:g} {half:g} {to_y:g} {to_x:g} {to_y:g}"


def _legend(graph: Graph, y: float) -> Iterator[str]:
    x = float(_MARGIN)
    used = {each.state for each in graph.nodes}
    for colour, text in (_STATES[each] for each in State if each in used):
        yield f'<circle cx="{x + 5:g}" cy="{y + 12:g}" r="5" fill="{colour}"/>'
        yield f'<text class="kind" x="{x + 16:g}" y="{y + 16:g}" fill="#57606a">{text}</text>'
        x += 36 + len(text) * _LETTER


def _document(body: list[str], width: float, height: float) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}" role="img" aria-label="What depends on what">'
    )
    return "\n".join([head, _STYLE, *body, "</svg>", ""])


_STYLE = """\
<style>
text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 13px; }
.kind { font-size: 11px; }
.name { fill: #1f2328; font-weight: 600; }
.namespace { fill: #57606a; font-size: 15px; font-weight: 600; }
.box { fill: #ffffff; stroke-width: 1.5; }
.edge { fill: none; stroke: #8c959f; stroke-width: 1.5; }
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" \
orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#8c959f"/></marker></defs>
<rect width="100%" height="100%" fill="#fbfcfd"/>"""
