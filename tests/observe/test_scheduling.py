"""Why no node takes a Pod: every cause, in one order, whatever the counts are."""

import pytest
from calls import NOW, condition
from fake_cluster import Stage, pod_of
from objects import TUNED, UPSTREAM

TRAINING = Stage(TUNED, related=UPSTREAM).after()
(JOB,) = (child for child in TRAINING.children if child["kind"] == "Job")
SEVERAL = "0/5 nodes are available: {}, {}."
TAINT = "{} node(s) had untolerated taint {{dedicated: research}}"
GPU = "{} Insufficient nvidia.com/gpu"


def pending(*conditions, **spec):
    pod = pod_of(JOB, {"phase": "Pending", "conditions": [*conditions]})
    return TRAINING.seeing(*UPSTREAM, {**pod, "spec": {**pod["spec"], **spec}})


def unschedulable(message):
    return pending(
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": message,
        }
    )


def said(message):
    return condition(unschedulable(message).answer(), "Trained")[2]


def test_every_cause_is_named():
    message = said(SEVERAL.format(TAINT.format(2), GPU.format(3)))
    assert (
        "Unschedulable: Insufficient nvidia.com/gpu, node(s) had untolerated taint "
        "{dedicated: research}." in message
    )


def test_neither_order_nor_counts_change_the_message():
    one = said(SEVERAL.format(TAINT.format(2), GPU.format(3)))
    other = said("0/12 nodes are available: " + GPU.format(11) + ", " + TAINT.format(1) + ".")
    assert one == other


def test_what_preemption_would_do_is_left_out():
    plain = said("0/1 nodes are available: 1 Insufficient cpu.")
    tail = " preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    assert said("0/1 nodes are available: 1 Insufficient cpu." + tail) == plain
    assert plain == "Training waits. Unschedulable: Insufficient cpu."


@pytest.mark.parametrize(
    ("cause", "way_out"),
    [
        ("node(s) were unschedulable", "kubectl uncordon"),
        ("node(s) had untolerated taint {dedicated: research}", "add the toleration"),
        ("node(s) had untolerated taint(s)", "add the toleration"),
        ("node(s) had untolerated taint {node.kubernetes.io/unreachable: }", "kubectl get nodes"),
        ("node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }", "short of disk"),
        ("node(s) had volume node affinity conflict", "kubectl describe pv"),
        ("node(s) didn't match PersistentVolume's node affinity", "kubectl describe pv"),
    ],
)
def test_a_cause_has_its_way_out(cause, way_out):
    assert way_out in said(f"0/1 nodes are available: 1 {cause}.")


def test_a_taint_of_kubernetes_is_not_one_to_tolerate():
    cause = "node(s) had untolerated taint {node.kubernetes.io/unreachable: }"
    assert "add the toleration" not in said(f"0/1 nodes are available: 1 {cause}.")


def test_a_pod_that_no_scheduler_looks_at_names_the_scheduler():
    answered = pending(schedulerName="gang").answer(now=NOW.replace(minute=6))
    assert "waits for the scheduler gang" in condition(answered, "Trained")[2]


def test_within_a_minute_the_hook_only_asks_to_look_again():
    answered = pending(schedulerName="gang").answer()
    assert condition(answered, "Trained")[1] == "Training"
    assert answered["resyncAfterSeconds"] == 56


def test_a_pod_that_a_scheduler_has_looked_at_is_not_overlooked():
    looked_at = {"type": "PodScheduled", "status": "False", "reason": "SchedulerError"}
    answered = pending(looked_at).answer(now=NOW.replace(minute=6))
    assert "no scheduler has looked at" not in condition(answered, "Trained")[2]


def test_a_gated_pod_names_its_gates():
    gated = {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}
    answered = pending(gated, schedulingGates=[{"name": "b/y"}, {"name": "a/x"}]).answer()
    status, reason, message = condition(answered, "Trained")
    assert (status, reason) == ("False", "SchedulingGated")
    assert message.endswith("a/x, b/y.")
