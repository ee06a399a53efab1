"""The service accounts that a Namespace gets, a role each."""

from hooks.manifest import Manifest
from hooks.platform.identity import Identity
from hooks.step import AccountRole


def make_service_account(role: AccountRole, namespace: str, identity: Identity) -> Manifest:
    """Return the service account of a role, with what its cloud reads on it.

    No Pod mounts its token: no Pod calls the Kubernetes API, and a cloud has tokens of its own.
    """
    annotations = identity.annotations(role)
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": role,
            "namespace": namespace,
            **({"annotations": annotations} if annotations else {}),
        },
        "automountServiceAccountToken": False,
    }
