"""Names that are taken.

Metacontroller is silent when another object holds a child's name. The customize hooks ask for the
objects of these names, so that the conflict is seen, and its end too.
"""

from collections.abc import Iterable

from hooks.conditions import Violation
from hooks.manifest import Manifest, kind_key
from hooks.observe.request import Observed, is_deleting
from hooks.reasons import Reason


def name_conflict(desired: Iterable[Manifest], observed: Observed) -> Violation | None:
    """Return the first child whose name an object holds that is not the parent's."""
    for child in desired:
        kind, name = child["kind"], child["metadata"]["name"]
        holder = observed.holder(kind_key(child), name)
        if holder is None:
            continue
        return Violation(Reason.NAME_CONFLICT, _deleting(holder) or _foreign(kind, name))
    return None


def _foreign(kind: str, name: str) -> str:
    return (
        f"{kind} {name} exists and does not belong to this object, so its own cannot be made. "
        f"Delete or rename that {kind}; this clears by itself then."
    )


def _deleting(holder: Manifest) -> str | None:
    """Return what holds a claim that is being deleted: Pods, and complete ones as well."""
    if holder["kind"] != "PersistentVolumeClaim" or not is_deleting(holder):
        return None
    name = holder["metadata"]["name"]
    return (
        f"PersistentVolumeClaim {name} is being deleted and not gone, so this object's own cannot "
        f"be made: Pods use it, of which complete ones count too. 'kubectl describe pvc {name}' "
        "names them; delete them or their Jobs, and this clears by itself."
    )
