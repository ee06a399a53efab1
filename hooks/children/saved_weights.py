"""A Model's weights that are apart from its image: mounted where an image would hold them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hooks import names
from hooks.address import Address
from hooks.manifest import Manifest
from hooks.platform.storage import Mount
from hooks.settings import Settings

SAVED = "/model/saved"
BASE = "/model/base"


@dataclass(frozen=True)
class Weights:
    """Weights on storage, and where a Pod has them.

    Attributes:
        model: the name of the Model that they are of.
        address: their directory.
        at: where they are mounted: at `SAVED` the Model's own, at `BASE` its base Model's.
    """

    model: str
    address: Address
    at: str = SAVED


_RUN = re.compile("[0-9a-f]{1,63}")
"""What a status says may be anything; a label's value may not."""
_VARIABLES = {SAVED: "MODEL_DIR", BASE: "BASE_MODEL_DIR"}
_VOLUMES = {SAVED: "weights", BASE: "base-weights"}


def mounts(weights: Sequence[Weights], settings: Settings) -> list[Mount]:
    """Return how a Pod has the weights, which nobody may change.

    Args:
        weights: those that are on storage; none where images hold them.
        settings: how the storages are reached.
    """
    return [
        settings.storage.mount(each.address.url, name=_VOLUMES[each.at], at=each.at, read_only=True)
        for each in weights
    ]


def environment(weights: Sequence[Weights]) -> list[Manifest]:
    """Return the variables that say where they are."""
    return [{"name": _VARIABLES[each.at], "value": each.at} for each in weights]


def labels(weights: Sequence[Weights]) -> dict[str, str]:
    """Return the labels of what mounts them, by which their Models know that they are in use."""
    runs = {names.uses_label(each.model): str(each.address.run) for each in weights}
    return {key: run for key, run in runs.items() if _RUN.fullmatch(run)}
