"""A Namespace that asks for them gets the service accounts, a role each.

When its label goes, no hook is asked and they stay: Pods may run as them. They go with the
Namespace.
"""

from hooks.children.service_account import make_service_account
from hooks.manifest import Manifest
from hooks.settings import Settings
from hooks.step import AccountRole


def sync(namespace: Manifest, *, settings: Settings) -> list[Manifest]:
    """Return the attachments of a Namespace."""
    name = namespace["metadata"]["name"]
    return [make_service_account(role, name, settings.identity) for role in AccountRole]
