"""The PersistentVolumeClaim that holds the work in a Notebook."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.platform.room import claim_size
from hooks.settings import Claims
from hooks.step import Step


def make_notebook_claim(owner: Owner, weights: int, claims: Claims) -> Manifest:
    """Return the claim of a Notebook; it remains while the Notebook is suspended.

    It has room for a result of a training of the Model, which has so many bytes of weights.
    """
    size = claim_size(claims.notebook_size, weights)
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": owner.metadata(names.notebook(owner.name), Step.NOTEBOOK),
        "spec": {
            **claims.volume(),
            "resources": {"requests": {"storage": size}},
        },
    }
