"""The PersistentVolumeClaim that holds what one training run writes."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.settings import Claims
from hooks.step import Step


def make_training_claim(owner: Owner, run: str, claims: Claims) -> Manifest:
    """Return the claim of the training run with this id."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": owner.metadata(names.training_claim(owner.name, run), Step.TRAIN),
        "spec": {
            **claims.volume(),
            "resources": {"requests": {"storage": claims.training_size}},
        },
    }
