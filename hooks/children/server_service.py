"""The Service of a ModelServer."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.step import Step


def make_server_service(owner: Owner) -> Manifest:
    """Return the Service that answers on port 8080 for all Pods of a ModelServer."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": owner.metadata(names.server(owner.name), Step.SERVE),
        "spec": {
            "selector": owner.labels,
            "ports": [{"name": "http", "port": 8080, "targetPort": "http"}],
        },
    }
