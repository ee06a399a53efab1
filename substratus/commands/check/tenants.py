"""What the settings leave shared between namespaces: docs/tenants.md says how to part it."""

from collections.abc import Collection, Iterator

from hooks.settings import Settings
from hooks.step import AccountRole

_PAGE = "docs/tenants.md says how to part it."


def shared(settings: Settings, namespaces: Collection[str]) -> list[str]:
    """Return a sentence for all that these namespaces share; nothing where there is but one.

    Args:
        settings: what the cluster offers.
        namespaces: those that have objects.
    """
    if len(set(namespaces)) < 2:  # noqa: PLR2004 - two are the fewest that share something
        return []
    several = f"{len(set(namespaces))} namespaces share"
    return [f"{several} {what}. {_PAGE}" for what in _shared(settings)]


def _shared(settings: Settings) -> Iterator[str]:
    storage, registry, accounts = settings.storage, settings.registry, settings.identity.accounts
    if storage.gcs:
        yield f"the bucket {storage.gcs.bucket}"
    if storage.s3:
        yield f"the bucket {storage.s3.bucket}: the claim {storage.s3.claim_name} is of all of it"
    if storage.azure and storage.azure.secret_name:
        yield (
            f"the key of the storage account {storage.azure.account}, if Secret "
            f"{storage.azure.secret_name} is the same in each"
        )
    if storage.azure and storage.azure.claim_name:
        yield f"the container {storage.azure.container}"
    if registry.push_secret:
        yield (
            f"every repository of {registry.url}, if Secret {registry.push_secret} is the same in "
            "each"
        )
    roles = ", ".join(role for role in AccountRole if accounts.get(role))
    if roles:
        yield f"the accounts of the roles {roles}, with all that they may do"
