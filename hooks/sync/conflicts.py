"""Names that are taken.

Metacontroller is silent when another object holds a child's name. The customize hooks ask for the
objects of these names, so that the conflict is seen, and its end too.
"""

from collections.abc import Iterable

from hooks.conditions import Violation
from hooks.reasons import Reason
from hooks.sync.observed import Manifest, Observed


def kind_key(manifest: Manifest) -> str:
    """Return the key under which Metacontroller groups objects of this kind."""
    return f"{manifest['kind']}.{manifest['apiVersion']}"


def name_conflict(desired: Iterable[Manifest], observed: Observed) -> Violation | None:
    """Return the first child whose name an object holds that is not the parent's."""
    for child in desired:
        kind, name = child["kind"], child["metadata"]["name"]
        if observed.holder(kind_key(child), name):
            return Violation(
                Reason.NAME_CONFLICT,
                f"{kind} {name} exists and does not belong to this object, so its own cannot be "
                f"made. Delete or rename that {kind}; this clears by itself then.",
            )
    return None
