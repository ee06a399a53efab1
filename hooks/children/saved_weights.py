"""A Model's weights that are apart from its image: mounted where an image would hold them."""

from hooks.address import Address
from hooks.manifest import Manifest
from hooks.platform.storage import Mount
from hooks.settings import Settings

SAVED = "/model/saved"


def mounts(weights: Address | None, settings: Settings) -> list[Mount]:
    """Return how the weights are had at `/model/saved`, which nobody may change.

    Args:
        weights: their directory; None where the image holds them.
        settings: how the storages are reached.
    """
    if weights is None:
        return []
    return [settings.storage.mount(weights.url, name="weights", at=SAVED, read_only=True)]


def environment(weights: Address | None) -> list[Manifest]:
    """Return the variable that says where they are."""
    return [{"name": "MODEL_DIR", "value": SAVED}] if weights else []
