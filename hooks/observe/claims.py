"""Claims hold data: one that exists keeps its spec, and its growth."""

from hooks.manifest import CLAIM, Manifest
from hooks.observe.applied import echo
from hooks.observe.request import Observed


def kept(fresh: Manifest, observed: Observed) -> Manifest:
    """Return a claim as it is if it exists, else as it is to be made; any other child as given."""
    if fresh["kind"] != "PersistentVolumeClaim":
        return fresh
    child = observed.child(CLAIM, fresh["metadata"]["name"])
    return fresh if child is None else _as_it_is(child)


def every_kept(observed: Observed) -> list[Manifest]:
    """Return all claims of the parent as they are."""
    return [_as_it_is(child) for child in observed.living(CLAIM)]


def _as_it_is(child: Manifest) -> Manifest:
    """Return the desired state that changes nothing, not even a size that a person gave it.

    A claim can only grow. To ask for its first size again would be refused at every sync.
    """
    desired = echo(child)
    size = child.get("spec", {}).get("resources", {}).get("requests", {}).get("storage")
    if "spec" not in desired or not size:
        return desired
    return {**desired, "spec": {**desired["spec"], "resources": {"requests": {"storage": size}}}}
