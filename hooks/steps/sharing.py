"""Whether one more Pod may have a claim that only one node can mount."""

from collections.abc import Sequence

from hooks.conditions import Violation
from hooks.platform import storage
from hooks.reasons import Reason
from hooks.settings import Settings


def not_shared(
    url: str | None,
    *,
    users: Sequence[str],
    pods: int,
    settings: Settings,
) -> Violation | None:
    """Return that a Pod that would start now might not get its volume.

    Args:
        url: where the weights are that it mounts; None where an image holds them.
        users: what else mounts them, as `Kind/name`.
        pods: how many Pods are asked for.
        settings: how claims are asked for, and whether the cluster has one node.
    """
    claim = _claim(url)
    shared = settings.claims.access_mode == "ReadWriteMany" or settings.storage.one_node
    if claim is None or shared or not pods or (pods == 1 and not users):
        return None
    why = f"{pods} Pods are asked for" if pods > 1 else f"{', '.join(users)} has it"
    return Violation(
        Reason.STORAGE_NOT_SHARED,
        f"PersistentVolumeClaim {claim} is ReadWriteOnce, so Pods on one node alone can have it, "
        f"and {why}. Ask for one Pod, stop the other, or set storage.oneNode where the cluster has "
        "one node.",
    )


def _claim(url: str | None) -> str | None:
    try:
        return storage.for_url(url).claim(url) if url else None
    except storage.UnknownStorageError:
        return None  # which is reported as such
