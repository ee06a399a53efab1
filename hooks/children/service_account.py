"""The service accounts that a Namespace gets, a role each."""

from typing import Any

Manifest = dict[str, Any]

ROLES = (
    "data-loader",
    "data-loader-builder",
    "model-builder",
    "model-server",
    "model-trainer",
    "notebook",
)


def make_service_account(name: str, namespace: str) -> Manifest:
    """Return a service account. No Pod mounts its token: no Pod calls the Kubernetes API."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": name, "namespace": namespace},
        "automountServiceAccountToken": False,
    }
