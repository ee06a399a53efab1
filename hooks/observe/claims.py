"""Claims hold data: one that exists keeps its spec, and its growth."""

from collections.abc import Collection

from hooks import names
from hooks.manifest import CLAIM, JOB, POD, STATEFUL_SET, Manifest
from hooks.names import Owner
from hooks.observe.applied import echo
from hooks.observe.disruption import is_over
from hooks.observe.jobs import active, is_active
from hooks.observe.request import Observed, labels, timestamp


def kept(fresh: Manifest, observed: Observed) -> Manifest:
    """Return a claim as it is if it exists, else as it is to be made; any other child as given."""
    if fresh["kind"] != "PersistentVolumeClaim":
        return fresh
    child = observed.child(CLAIM, fresh["metadata"]["name"])
    return fresh if child is None else _as_it_is(child)


def every_kept(observed: Observed) -> list[Manifest]:
    """Return all claims of the parent as they are."""
    return [_as_it_is(child) for child in observed.living(CLAIM)]


def of_results(
    observed: Observed, owner: Owner, *, named: Collection[str | None], complete: str | None
) -> list[Manifest]:
    """Return the claims with results of training runs that stay, as they are.

    A result goes only when nobody names its run, nothing uses it, and a run whose claim was made
    later is complete. What one call happens to see decides nothing.

    Args:
        observed: the call.
        owner: the Model.
        named: the ids of the runs that its spec or its status name.
        complete: the id of the run whose result is packaged, if any.
    """
    runs = {*named, *_in_use(observed, owner)}
    kept = {names.training_claim(owner.name, run) for run in runs if run}
    newest = observed.child(CLAIM, names.training_claim(owner.name, complete)) if complete else None
    return [
        _as_it_is(claim)
        for claim in observed.living(CLAIM)
        if claim["metadata"]["name"] in kept or newest is None or not _is_older(claim, newest)
    ]


def _in_use(observed: Observed, owner: Owner) -> set[str | None]:
    """Return the ids of the runs that an active Job computes, or whose result something mounts.

    A StatefulSet without Pods and a Job that waits in a queue will mount it.
    """
    pods = [pod for pod in observed.relations(POD) if not is_over(pod)]
    users = [*pods, *observed.relations(STATEFUL_SET), *filter(is_active, observed.relations(JOB))]
    uses = names.uses_label(owner.name)
    return {
        *(labels(found).get(names.RUN) for found in [*active(observed), *pods]),
        *(labels(found).get(uses) for found in users),
    }


def _is_older(claim: Manifest, other: Manifest) -> bool:
    made = timestamp(claim["metadata"].get("creationTimestamp"))
    later = timestamp(other["metadata"].get("creationTimestamp"))
    return made is not None and later is not None and made < later


def _as_it_is(child: Manifest) -> Manifest:
    """Return the desired state that changes nothing, not even a size that a person gave it.

    A claim can only grow. To ask for its first size again would be refused at every sync.
    """
    desired = echo(child)
    size = child.get("spec", {}).get("resources", {}).get("requests", {}).get("storage")
    if "spec" not in desired or not size:
        return desired
    return {**desired, "spec": {**desired["spec"], "resources": {"requests": {"storage": size}}}}
