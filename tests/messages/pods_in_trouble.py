"""Pods that make no progress though their Job or StatefulSet is as it should be."""

from datetime import timedelta

from calls import NOW, parent
from fake_cluster import UP, Stage, pod_of, with_status
from objects import DATASET, NOTEBOOK, TUNED, UPSTREAM

HOURS_LATER = NOW + timedelta(hours=3)
RUNNING = {"running": {"startedAt": "2026-01-02T03:04:00Z"}}


def status(phase="Running", containers=(), **conditions):
    """Return the status of a Pod; of each condition its status, reason and message."""
    return {
        "phase": phase,
        "conditions": [
            {"type": type_, **dict(zip(("status", "reason", "message"), said, strict=False))}
            for type_, said in conditions.items()
        ],
        "containerStatuses": list(containers),
    }


def container(name, state, *, ready=False):
    return {"name": name, "ready": ready, "state": state}


def unschedulable(message):
    return status("Pending", PodScheduled=("False", "Unschedulable", message))


SCHEDULER = {
    "several causes": "0/7 nodes are available: 2 node(s) had untolerated taint {dedicated: "
    "research}, 3 Insufficient nvidia.com/gpu, 2 node(s) didn't match Pod's node "
    "affinity/selector. preemption: 0/7 nodes are available: 7 Preemption is not helpful for "
    "scheduling.",
    "a node with a taint that 1.34 does not name": "0/1 nodes are available: 1 node(s) had "
    "untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are available: 1 "
    "Preemption is not helpful for scheduling.",
    "a node that is cordoned": "0/1 nodes are available: 1 node(s) were unschedulable.",
    "a node that is lost": "0/1 nodes are available: 1 node(s) had untolerated taint "
    "{node.kubernetes.io/unreachable: }.",
    "a node whose disk is full": "0/1 nodes are available: 1 node(s) had untolerated taint "
    "{node.kubernetes.io/disk-pressure: }.",
    "a volume elsewhere": "0/3 nodes are available: 1 Insufficient memory, 2 node(s) had volume "
    "node affinity conflict.",
}
PREEMPTED = status(
    DisruptionTarget=(
        "True",
        "PreemptionByScheduler",
        "default-scheduler: preempting to accommodate a higher priority pod",
    )
)
EVICTION = "The node was low on resource: ephemeral-storage. Container trainer was using 21Gi."
EVICTED = {
    **status("Failed", DisruptionTarget=("True", "TerminationByKubelet", EVICTION)),
    "reason": "Evicted",
    "message": EVICTION,
}
SILENT = status(
    containers=[container("server", RUNNING, ready=True)],
    Ready=("False",),
    ContainersReady=("True",),
)
UNANSWERED = status(
    containers=[container("server", RUNNING)], Ready=("False", "ContainersNotReady")
)


def training():
    """Return a Model whose training runs."""
    return Stage(TUNED, related=UPSTREAM).after()


def beside(stage, kind, found, *, metadata=None, spec=None, name=None):
    """Return a stage with a Pod of its child of a kind."""
    owner = [child for child in stage.children if child["kind"] == kind][-1]
    pod = pod_of(owner, found)
    named = {"name": name} if name else {}
    return stage.seeing(
        *stage.related,
        {
            **pod,
            "metadata": {**pod["metadata"], **named, **(metadata or {})},
            "spec": {**pod["spec"], "nodeName": "node-1", **(spec or {})},
        },
    )


def of_schedulers():
    """Yield Pods that have no node."""
    for what, message in SCHEDULER.items():
        yield (
            f"a Pod that waits for {what}",
            training().with_pod("Job", unschedulable(message)),
            NOW,
        )
    gated = status("Pending", PodScheduled=("False", "SchedulingGated", "Scheduling is blocked"))
    gates = {"schedulingGates": [{"name": "example.com/quota"}], "nodeName": None}
    yield "a Pod with a scheduling gate", beside(training(), "Job", gated, spec=gates), NOW
    nobody = {"schedulerName": "gang-scheduler", "nodeName": None}
    pending = beside(training(), "Job", {"phase": "Pending"}, spec=nobody)
    yield "a Pod that no scheduler looks at", pending, HOURS_LATER


def of_disruptions():
    """Yield Pods that are ended from outside."""
    overdue = {"deletionTimestamp": "2026-01-02T03:10:00Z"}
    gone = beside(training(), "Job", status(), metadata=overdue)
    yield "a training on a node that is lost", gone, HOURS_LATER
    yield "a training whose node is lost, of the Job before", gone.only("Nothing"), HOURS_LATER
    yield "a training that is preempted", beside(training(), "Job", PREEMPTED), NOW
    preempted = beside(training(), "Job", PREEMPTED).synced().seeing(*UPSTREAM)
    yield "a training that was preempted and failed", preempted.failed("train"), NOW
    evicted = training()
    for number in range(3):
        evicted = beside(evicted, "Job", EVICTED, name=f"evicted-{number}")
    yield "a training that was evicted three times", evicted, NOW
    yield "a server on a node that is silent", beside(server(), "StatefulSet", SILENT), NOW


def of_running():
    """Yield Pods that run in vain."""
    ended = {"exitCode": 0, "reason": "Completed", "finishedAt": "2026-01-02T03:04:00Z"}
    containers = [
        container("trainer", {"terminated": ended}),
        container("istio-proxy", RUNNING, ready=True),
    ]
    proxied = beside(training(), "Job", status(containers=containers))
    yield "a trainer that ended beside a sidecar", proxied, HOURS_LATER
    unanswered = beside(server(), "StatefulSet", UNANSWERED)
    yield "a server that does not answer its probe", unanswered, HOURS_LATER
    full = {"exitCode": 1, "reason": "Error", "message": "write: No space left on device"}
    crashed = status("Failed", containers=[container("builder", {"terminated": full})])
    building = Stage(DATASET).after().failed()
    yield "a build whose disk is full", building.with_pod("Job", crashed), NOW


def server(replicas=1):
    """Return a ModelServer whose Pods are on their way."""
    spec = {"modelName": "opt", "replicas": replicas}
    made = Stage(parent("ModelServer", "opt", spec), related=UPSTREAM).synced()
    return made.each("StatefulSet", lambda child: with_status(child, **UP | {"readyReplicas": 0}))


def of_changes():
    """Yield servers and notebooks whose Pods change."""
    rolling = UP | {"replicas": 3, "readyReplicas": 2, "updateRevision": "r-2"}
    of_three = server(replicas=3)
    updated = of_three.each("StatefulSet", lambda child: with_status(child, **rolling))
    yield "a server whose Pods are replaced", updated, NOW
    pulling = {"waiting": {"reason": "ImagePullBackOff", "message": "manifest unknown"}}
    stuck = status("Pending", containers=[container("main", pulling)])
    yield "a server whose new Pod cannot start", beside(updated, "StatefulSet", stuck), NOW
    slow = beside(updated, "StatefulSet", {"phase": "Pending"})
    yield "a server whose new Pod does not start", slow, HOURS_LATER
    suspended = Stage(NOTEBOOK, related=UPSTREAM).edited(suspend=True).synced()
    unseen = suspended.each("StatefulSet", generation(2))
    yield "a notebook that is about to stop", unseen, NOW
    none = suspended.each("StatefulSet", lambda child: with_status(child, observedGeneration=1))
    yield "a notebook that stops", beside(none, "StatefulSet", status()), NOW
    overdue = {"deletionTimestamp": "2026-01-02T03:10:00Z"}
    lost = beside(none, "StatefulSet", status(), metadata=overdue)
    yield "a notebook that is to stop on a node that is lost", lost, HOURS_LATER


def generation(number):
    return lambda child: {**child, "metadata": {**child["metadata"], "generation": number}}
