"""The PersistentVolumeClaim that holds what one training run writes."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.platform.room import claim_size
from hooks.settings import Claims
from hooks.step import Step


def make_training_claim(owner: Owner, run: str, weights: int, claims: Claims) -> Manifest:
    """Return the claim of the training run with this id; `weights` are the bytes of the Model's."""
    size = claim_size(claims.training_size, weights)
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": owner.metadata(names.training_claim(owner.name, run), Step.TRAIN),
        "spec": {
            **claims.volume(),
            "resources": {"requests": {"storage": size}},
        },
    }
