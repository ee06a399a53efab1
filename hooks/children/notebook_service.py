"""The Service of a Notebook."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.step import Step


def make_notebook_service(owner: Owner) -> Manifest:
    """Return the Service that answers on Jupyter's port for the Pod of a Notebook."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": owner.metadata(names.notebook(owner.name), Step.NOTEBOOK),
        "spec": {
            "selector": owner.labels,
            "ports": [{"name": "http", "port": 8888, "targetPort": "http"}],
        },
    }
