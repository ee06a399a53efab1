"""What the API server makes of an object at its creation, and keeps of one that is updated.

Kubernetes calls this a kind's strategy; it comes before defaults and checks.
"""

from metacontroller_offline.defaults import fill, job_labels
from metacontroller_offline.objects import Manifest, same


def generated(new: Manifest) -> Manifest:
    """Return a new object of a built-in kind with what is generated once, from its uid."""
    spec = new.get("spec") or {}
    if new["kind"] != "Job" or spec.get("manualSelector"):
        return new
    labels, template = job_labels(new), spec.get("template") or {}
    metadata = template.get("metadata") or {}
    marked = {**metadata, "labels": {**(metadata.get("labels") or {}), **labels}}
    key = "batch.kubernetes.io/controller-uid"
    selector = spec.get("selector") or {"matchLabels": {key: labels[key]}}
    template = {**template, "metadata": marked}
    return {**new, "spec": {**spec, "selector": selector, "template": template}}


def carried_over(old: Manifest, new: Manifest) -> Manifest:
    """Return an update of a built-in kind with what the API server keeps of the old object.

    Args:
        old: the object as stored.
        new: the update, as it was sent.
    """
    if new["kind"] == "Service":
        return _service(old, new)
    if new["kind"] == "DaemonSet":
        return _daemon_set(old, new)
    return new


def _service(old: Manifest, new: Manifest) -> Manifest:
    """Keep the addresses of a Service that does not say which."""
    before, spec = old.get("spec") or {}, new.get("spec") or {}
    if spec.get("type", "ClusterIP") == "ExternalName" or spec.get("clusterIP"):
        return new
    kept = {key: before[key] for key in ("clusterIP", "clusterIPs") if key in before}
    return {**new, "spec": {**spec, **kept}}


_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def _daemon_set(old: Manifest, new: Manifest) -> Manifest:
    """Count the changes of a DaemonSet's template, in the annotation that is kept for it."""
    noted = old["metadata"].get("annotations") or {}
    count = int(noted.get(_TEMPLATE_GENERATION, "1"))
    templates = [(each.get("spec") or {}).get("template") for each in (old, fill(new))]
    count += not same(*templates)
    annotations = {
        **(new["metadata"].get("annotations") or {}),
        _TEMPLATE_GENERATION: str(count),
    }
    return {**new, "metadata": {**new["metadata"], "annotations": annotations}}
