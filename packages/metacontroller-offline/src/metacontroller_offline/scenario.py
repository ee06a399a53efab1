"""What becomes of workloads: rules that make some of them fail, and how long things take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias

from metacontroller_offline.objects import Manifest, labels
from metacontroller_offline.saving import Saving


@dataclass(frozen=True)
class Timings:
    """How many virtual seconds each step takes.

    `pull` is from scheduled to running; `run` from running to the end of a Job's Pod; `ready` from
    running to ready for Pods that stay; `notice` from a Pod's end to its Job's; `bind` from a
    claim's creation to Bound; `back_off` from ErrImagePull to ImagePullBackOff.
    """

    pull: float = 2.0
    run: float = 5.0
    ready: float = 3.0
    notice: float = 1.0
    bind: float = 1.0
    back_off: float = 13.0


@dataclass(frozen=True)
class Workload:
    """Which workloads a rule is about; what is empty does not restrict.

    Args:
        kind: Deployment, DaemonSet, StatefulSet, Job, PersistentVolumeClaim, or ReplicaSet for one
            without a Deployment; Pod for a Pod of none of them.
        name: the workload's name, with `*` and `?`.
        namespace: its namespace, with `*` and `?`.
        labels: labels of its Pod, or its own.
        container: the container, or init container, to which it happens.
    """

    kind: str = ""
    name: str = "*"
    namespace: str = "*"
    labels: Mapping[str, str] = field(default_factory=dict)
    container: str = ""

    def matches(self, workload: Manifest, pod: Manifest) -> bool:
        """Say whether a workload, and its Pod (or itself), are meant."""
        metadata = workload["metadata"]
        carried = {**labels(workload), **labels(pod)}
        return (
            self.kind in {"", workload["kind"]}
            and fnmatchcase(metadata["name"], self.name)
            and fnmatchcase(metadata.get("namespace", ""), self.namespace)
            and all(carried.get(key) == value for key, value in self.labels.items())
            and (not self.container or self.container in _containers(pod))
        )


def _containers(pod: Manifest) -> set[str]:
    spec = pod.get("spec") or {}
    return {
        each["name"] for group in ("containers", "initContainers") for each in spec.get(group) or []
    }


@dataclass(frozen=True)
class Succeeds:
    """A Job's Pod exits with 0; a Pod that stays becomes ready. This is the default."""


@dataclass(frozen=True)
class ExitCode:
    """A container ends by itself; `message` is its termination message or last log lines."""

    code: int
    message: str = ""


@dataclass(frozen=True)
class OOMKilled:
    """A container is killed for its memory, with exit code 137."""

    message: str = ""


@dataclass(frozen=True)
class Evicted:
    """The node evicts the Pod."""

    message: str = "The node was low on resource: ephemeral-storage. "


@dataclass(frozen=True)
class ErrImagePull:
    """An image cannot be pulled, and the Pod waits forever with ErrImagePull."""

    message: str = ""


@dataclass(frozen=True)
class ImagePullBackOff:
    """An image cannot be pulled: ErrImagePull, then ImagePullBackOff forever."""

    message: str = ""


@dataclass(frozen=True)
class InvalidImageName:
    """An image's name cannot be parsed, and the Pod waits forever."""

    message: str = ""


@dataclass(frozen=True)
class CreateContainerConfigError:
    """A Secret or ConfigMap of the environment is missing, and the Pod waits forever."""

    message: str = 'secret "missing" not found'


@dataclass(frozen=True)
class Unschedulable:
    """No node takes the Pod, and it waits forever."""

    message: str = (
        "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. no new claims to deallocate, "
        "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    )


@dataclass(frozen=True)
class DeadlineExceeded:
    """A Job's Pod never ends, so that the Job's activeDeadlineSeconds passes."""


@dataclass(frozen=True)
class NeverReady:
    """A Pod runs and never becomes ready."""


@dataclass(frozen=True)
class ClaimPending:
    """A claim is never bound."""


Outcome: TypeAlias = (
    Succeeds
    | ExitCode
    | OOMKilled
    | Evicted
    | ErrImagePull
    | ImagePullBackOff
    | InvalidImageName
    | CreateContainerConfigError
    | Unschedulable
    | DeadlineExceeded
    | NeverReady
    | ClaimPending
)


@dataclass(frozen=True)
class Rule:
    """What happens to the workloads that match.

    Args:
        match: which workloads.
        outcome: what happens.
        times: to how many Pods (or claims) it happens, in the order of their creation; None to all.
        timings: how long things take for these workloads; None as in the scenario.
    """

    match: Workload
    outcome: Outcome = Succeeds()
    times: int | None = None
    timings: Timings | None = None


@dataclass(frozen=True)
class Scenario:
    """The rules, of which the first that matches counts, and the usual durations."""

    rules: Sequence[Rule] = ()
    timings: Timings = Timings()


@dataclass(frozen=True)
class Fate:
    """What was decided for one Pod: `container` is empty for its first container."""

    outcome: Outcome
    timings: Timings
    container: str = ""


class Fates(Saving):
    """Decides what happens to each Pod, and counts the rules that only apply some times."""

    remembered = ("_used",)

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._used = [0] * len(scenario.rules)

    def decide(self, workload: Manifest, pod: Manifest) -> Fate:
        """Decide for a new Pod of a workload, or for a claim (given twice)."""
        for number, rule in enumerate(self._scenario.rules):
            exhausted = rule.times is not None and self._used[number] >= rule.times
            if not exhausted and rule.match.matches(workload, pod):
                self._used[number] += 1
                timings = rule.timings or self._scenario.timings
                return Fate(rule.outcome, timings, rule.match.container)
        return Fate(Succeeds(), self._scenario.timings)
