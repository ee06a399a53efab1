"""The PersistentVolumeClaim of a Dataset, a training run or a Notebook."""

from typing import Any

from hooks.settings import Claims

Manifest = dict[str, Any]


def make_claim(metadata: Manifest, size: str, claims: Claims) -> Manifest:
    """Return a claim of this size; the metadata has name, namespace and labels."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": {
            "accessModes": [claims.access_mode],
            **(
                {"storageClassName": claims.storage_class_name} if claims.storage_class_name else {}
            ),
            "resources": {"requests": {"storage": size}},
        },
    }
