"""The Service of a ModelServer or a Notebook."""

from typing import Any

Manifest = dict[str, Any]


def make_service(metadata: Manifest, *, port: int, selector: dict[str, str]) -> Manifest:
    """Return a Service with one port named `http`, for the Pods with these labels."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "selector": selector,
            "ports": [{"name": "http", "port": port, "targetPort": "http"}],
        },
    }
