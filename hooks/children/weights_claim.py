"""The PersistentVolumeClaim that holds weights that are loaded from an address."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.platform.room import claim_size
from hooks.settings import Claims
from hooks.step import Step


def make_weights_claim(owner: Owner, run: str, weights: int, claims: Claims) -> Manifest:
    """Return the claim of the load with this id; `weights` are the bytes of the Model's."""
    size = claim_size(claims.weights_size, weights)
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": owner.metadata(names.training_claim(owner.name, run), Step.LOAD),
        "spec": {
            **claims.volume(),
            "resources": {"requests": {"storage": size}},
        },
    }
