"""A Namespace that asks for them gets the service accounts, a role each."""

from hooks.children.service_account import ROLES, make_service_account
from hooks.sync.observed import Manifest


def sync(namespace: Manifest) -> list[Manifest]:
    """Return the attachments of a Namespace."""
    return [make_service_account(role, namespace["metadata"]["name"]) for role in ROLES]
