"""A case on the offline engine."""

from datetime import timedelta

from drive import CHILDREN, GROUP, compared, parent, setup, sync
from metacontroller_offline import Agenda, Cluster, Metacontroller, Ref, errors
from metacontroller_offline.callers import FunctionCaller

URL = "http://cases"
# The real one says nothing of these: it continues, and the end is compared.
ALLOWED = [
    errors.DuplicateChild,
    errors.DuplicateListKey,
    errors.NameHeldByForeignObject,
    errors.NeverConverges,
]
_MOST_SYNCS = 60


def run(case):
    """Return the objects at the end of a case, as they are compared, and whether it is at rest."""
    cluster, agenda = Cluster(), Agenda()
    cluster.apply({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": case["namespace"]}
    })  # fmt: skip
    manifests = setup(URL)
    for each in manifests:
        if each["kind"] == "CustomResourceDefinition":
            cluster.apply(each)
    controllers = [each for each in manifests if each["kind"] == "CompositeController"]
    caller = FunctionCaller({"/sync": sync})
    engine = Metacontroller(cluster, controllers, caller, agenda=agenda, allowed=ALLOWED)
    rests = True
    for step in case["steps"]:
        _take(cluster, case, step)
        rests = _rest(cluster, engine)
    kinds = [*((version, kind) for kind, (version, _) in CHILDREN.items()),
             (f"{GROUP}/v1", case["method"])]  # fmt: skip
    found = [each for kind in kinds for each in cluster.list(*kind, case["namespace"])]
    return compared(found), rests


def _take(cluster, case, step):
    if "answer" in step:
        cluster.apply(parent(case, step["answer"]))
    elif "apply" in step:
        cluster.apply(step["apply"])
    else:
        ((verb, given),) = step.items()
        version, _ = CHILDREN[given["kind"]]
        key = Ref(version, given["kind"], case["namespace"], given["name"])
        if cluster.read(key) is None:
            return
        if verb == "edit":
            cluster.patch(key, given["patch"])
        else:
            cluster.delete(key)


def _rest(cluster, engine):
    """Sync until nothing is left, but for what is tried again after a failure."""
    for _ in range(_MOST_SYNCS):
        if not engine.sync_next() and not cluster.finish_deletions():
            due = engine.queue.next_due()
            if due is None or due > cluster.clock.now() + timedelta(seconds=1):
                return True
            cluster.clock.advance_to(due)
    return False
