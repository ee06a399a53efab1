"""The PersistentVolumeClaim that holds a Dataset's data."""

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.settings import Claims
from hooks.step import Step


def make_dataset_claim(owner: Owner, claims: Claims) -> Manifest:
    """Return the claim of a Dataset, for all of its runs."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": owner.metadata(names.dataset_claim(owner.name), Step.LOAD),
        "spec": {
            **claims.volume(),
            "resources": {"requests": {"storage": claims.dataset_size}},
        },
    }
