"""A graph as Mermaid, which many documents and forges draw."""

from collections.abc import Iterator

from substratus.commands.graph.dependencies import Graph, Node, State

_CLASSES = {
    State.READY: "fill:#e6f4ea,stroke:#1e8e3e,color:#1f2328",
    State.NOT_READY: "fill:#fdecea,stroke:#c5221f,color:#1f2328",
    State.UNKNOWN: "fill:#f6f8fa,stroke:#57606a,color:#1f2328",
    State.MISSING: "fill:#ffffff,stroke:#9a6700,color:#9a6700,stroke-dasharray:4 3",
}
_SHAPES = {"Dataset": ("[(", ")]"), "Model": ("[", "]"), "ModelServer": ("([", "])")}
_OTHER_SHAPE = ("[[", "]]")


def mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid flowchart."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    ids = {each.key: f"n{number}" for number, each in enumerate(graph.nodes)}
    parts = graph.namespaces()
    yield "flowchart LR"
    for number, (namespace, part) in enumerate(parts):
        if len(parts) > 1:
            yield f'  subgraph s{number}["{namespace}"]'
        yield from (f"    {ids[each.key]}{_shape(each)}:::{each.state}" for each in part.nodes)
        yield from (f"    {ids[before]} --> {ids[after]}" for before, after in part.edges)
        if len(parts) > 1:
            yield "  end"
    used = {each.state for each in graph.nodes}
    yield from (f"  classDef {state} {style}" for state, style in _CLASSES.items() if state in used)


def _shape(node: Node) -> str:
    opening, closing = _SHAPES.get(node.kind, _OTHER_SHAPE)
    said = "not in any file" if node.state is State.MISSING else node.reason
    text = "<br/>".join(_escaped(each) for each in (node.kind, node.name, said) if each)
    return f'{opening}"{text}"{closing}'


def _escaped(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;")
