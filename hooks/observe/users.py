"""Who mounts the weights of a Model that are on storage."""

from hooks import names
from hooks.address import Address
from hooks.manifest import JOB, STATEFUL_SET, Manifest
from hooks.names import Owner
from hooks.observe.jobs import is_active
from hooks.observe.request import Observed, is_deleting, labels


def mounted_by(observed: Observed, owner: Owner, url: str | None) -> list[str] | None:
    """Return what mounts the weights at an address or is about to, as `Kind/name`, sorted.

    None where nothing does. A StatefulSet without Pods and a Job that is over mount nothing.
    """
    if url is None:
        return None
    key, run = names.uses_label(owner.name), Address(url).run
    workloads = [
        *(each for each in observed.relations(STATEFUL_SET) if _has_pods(each)),
        *(each for each in observed.relations(JOB) if is_active(each)),
    ]
    found = {
        f"{reference['kind']}/{reference['name']}"
        for workload in workloads
        if labels(workload).get(key) == run and not is_deleting(workload)
        for reference in workload["metadata"].get("ownerReferences") or []
        if reference.get("controller")
    }
    return sorted(found) or None


def _has_pods(stateful_set: Manifest) -> bool:
    spec, status = stateful_set.get("spec") or {}, stateful_set.get("status") or {}
    return bool(spec.get("replicas", 1) or status.get("replicas"))
