"""The PersistentVolumeClaim that holds the work in a Notebook."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.settings import Claims
from hooks.step import Step


def make_notebook_claim(owner: Owner, claims: Claims) -> Manifest:
    """Return the claim of a Notebook; it remains while the Notebook is suspended."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": owner.metadata(names.notebook(owner.name), Step.NOTEBOOK),
        "spec": {
            **claims.volume(),
            "resources": {"requests": {"storage": claims.notebook_size}},
        },
    }
