"""Who a Pod is: the service account of its role, and with which Secrets its images are pulled."""

from hooks.manifest import Manifest
from hooks.settings import Settings
from hooks.step import AccountRole


def for_pod(role: AccountRole, settings: Settings) -> Manifest:
    """Return what the spec of a Pod of the role says of it; nothing where nothing is set."""
    account = settings.identity.account(role)
    secrets = [{"name": secret} for secret in settings.registry.pull_secrets]
    return {
        **({"serviceAccountName": account} if account else {}),
        **({"imagePullSecrets": secrets} if secrets else {}),
    }
