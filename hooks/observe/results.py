"""A result that a status records and that is no longer there."""

from hooks import names
from hooks.conditions import Violation
from hooks.manifest import CLAIM
from hooks.observe.request import Observed
from hooks.platform import storage
from hooks.reasons import Reason


def storage_lost(url: str, observed: Observed) -> Violation | None:
    """Return that the parent's claim with a result is gone, and the result with it."""
    try:
        claim = storage.for_url(url).claim(url)
    except storage.UnknownStorageError as error:
        return Violation(Reason.STORAGE_LOST, f"The result cannot be found again. {error}")
    if claim is None or observed.child(CLAIM, claim):
        return None
    return Violation(
        Reason.STORAGE_LOST,
        f"PersistentVolumeClaim {claim} is gone, and {url} with it. Set the annotation "
        f"{names.REBUILD} to a new value to compute it again.",
    )
