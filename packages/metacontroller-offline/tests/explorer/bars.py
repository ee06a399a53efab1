"""Searches through what may happen to Bars, whose hooks are functions."""

from engine import CRD, bar, controller
from metacontroller_offline.explorer import Budget, Edit, Explorer, not_made_again

INVARIANTS = (not_made_again(),)


def search(hook, *, customize=None, budget=None, bars=(), settled=(), **options):
    """Return an explorer of a hook for Bars."""
    hooks = {"/sync": hook, **({"/customize": customize} if customize else {})}
    return Explorer(
        [CRD, controller(customize=customize is not None), *bars],
        [hooks],
        budget=budget or Budget(),
        invariants=INVARIANTS,
        settled=settled,
        **options,
    )


def grown(size):
    """Return the edit that gives Bar `a` a size."""
    return Edit(f"size {size}", lambda cluster: cluster.apply(bar(size=size)))


def job(name):
    """Return a Job with one container."""
    container = {"name": "main", "image": "i"}
    spec = {"restartPolicy": "Never", "containers": [container]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": {"spec": spec}},
    }


def one_job(request):
    """A hook without fault: one Job for each size, and the older ones stay."""
    parent = request["parent"]
    wanted = job(f"{parent['metadata']['name']}-{parent['spec']['size']}")
    jobs = request["children"]["Job.batch/v1"].values()
    others = [job(each["metadata"]["name"]) for each in jobs]
    children = {each["metadata"]["name"]: each for each in [*others, wanted]}
    return {"status": {}, "children": [children[name] for name in sorted(children)]}
