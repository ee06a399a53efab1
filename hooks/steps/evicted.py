"""Runs that the kubelet ends for the memory or disk that they use, again and again.

Their Jobs do not count it, as the script did not fail. After some times the step has failed
and its Job goes: another would end in the same way.
"""

from hooks import names
from hooks.conditions import Condition
from hooks.manifest import Manifest
from hooks.observe.disruption import EVICTIONS, evictions
from hooks.observe.request import Observed, condition
from hooks.reasons import Reason
from hooks.run import Run


def evicted(run: Run, job: Manifest, observed: Observed) -> Condition | None:
    """Return that the kubelet has ended a run too often; None where it has not.

    Args:
        run: what is computed.
        job: the Job that computes it, or that would be started now.
        observed: the call. With the Job its Pods go; what the condition says of them remains.
    """
    head = f"{run.step.subject} failed in Job {job['metadata']['name']}."
    causes = evictions(observed.pods(job))
    if len(causes) >= EVICTIONS:
        message = (
            f"{head} Evicted: the kubelet ended its Pod {EVICTIONS} times for what it uses; the "
            f'last time: "{causes[-1]}". Give it more of that, by a larger spec.size or a patch of '
            f"its resources; then set the annotation {names.RETRY} to a new value."
        )
        return Condition(run.step.condition, "False", Reason.EVICTED, message)
    previous = condition(observed.parent, run.step.condition)
    message = str(previous.get("message"))
    if previous.get("reason") == Reason.EVICTED and message.startswith(head):
        return Condition(run.step.condition, "False", Reason.EVICTED, message)
    return None
