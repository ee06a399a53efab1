"""Storage: where Datasets and training runs keep what they write.

To add one: a module beside this with the functions of `Storage`, and a line in `STORAGES`.
"""

from collections.abc import Mapping

from hooks.platform.storage import pvc
from hooks.platform.storage.types import Mount, Storage

STORAGES: Mapping[str, Storage] = {
    "pvc": pvc.Claim(),
}
"""Every storage that the settings may name."""


def mount(url: str, *, name: str, at: str, read_only: bool) -> Mount:
    """Return how a Pod reaches the directory at `url`, whichever storage wrote it.

    The address says which storage it is, not the settings: what was written before the settings
    changed is still found.

    Raises:
        UnknownStorageError: no storage here writes such an address.
    """
    return for_url(url).mount(url, name=name, at=at, read_only=read_only)


def for_url(url: str) -> Storage:
    """Return the storage that wrote this address, or raise UnknownStorageError."""
    for storage in STORAGES.values():
        if storage.owns(url):
            return storage
    raise UnknownStorageError(f"No storage writes the address {url!r}.")


class UnknownStorageError(ValueError):
    """An address in a status that no storage here writes."""


__all__ = ["STORAGES", "Mount", "Storage", "UnknownStorageError", "for_url", "mount"]
