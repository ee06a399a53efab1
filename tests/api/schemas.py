"""The schemas of the CRDs, by kind, and every schema in them."""

from collections.abc import Iterator
from pathlib import Path

from yaml_files import read

CRDS = {
    document["spec"]["names"]["kind"]: document
    for document in map(read, sorted((Path(__file__).parents[2] / "crds").glob("*.yaml")))
}
SCHEMAS = {
    kind: crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for kind, crd in CRDS.items()
}


def nodes(schema: dict, path: str = "") -> Iterator[tuple[str, dict]]:
    """Yield every schema in a schema, with its path."""
    yield path, schema
    for name, below in schema.get("properties", {}).items():
        yield from nodes(below, f"{path}.{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")
    if "additionalProperties" in schema:
        yield from nodes(schema["additionalProperties"], f"{path}{{}}")


EVERY_NODE = [
    (f"{kind}{path}", node) for kind, schema in SCHEMAS.items() for path, node in nodes(schema)
]
RULES = {
    rule["message"]: rule["rule"]
    for _, node in EVERY_NODE
    for rule in node.get("x-kubernetes-validations", ())
}
"""Every CEL rule, by its message."""
