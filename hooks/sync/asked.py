"""What an object and the settings ask of children beside what they are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hooks.api import DatasetSpec, ModelServerSpec, ModelSpec, NotebookSpec
from hooks.children.job import scheduled
from hooks.conditions import Violation
from hooks.patches import Source, apply, apply_all
from hooks.settings import Settings
from hooks.sync.observed import Manifest

Spec = DatasetSpec | ModelSpec | ModelServerSpec | NotebookSpec


@dataclass(frozen=True)
class Asked:
    """What is asked of the Jobs of an object, and of what they need beside themselves.

    Attributes:
        deadline: seconds that a Job may take.
        retries: how often its Pod is started again.
        queue: the queue of Kueue that it waits in.
        patches: the patches of the settings and of the object.
    """

    deadline: int | None = None
    retries: int | None = None
    queue: str | None = None
    patches: Sequence[Source] = ()

    def job(self, make: Callable[[], Manifest]) -> Manifest | Violation:
        """Return the Job as it is asked for, or the patch that may not be."""
        made = scheduled(make(), deadline=self.deadline, retries=self.retries, queue=self.queue)
        return apply(made, self.patches)

    def beside(self, children: Sequence[Manifest]) -> list[Manifest] | Violation:
        """Return other children as they are asked for, or the patch that may not be."""
        return apply_all(children, self.patches)


def of(spec: DatasetSpec | ModelSpec, settings: Settings) -> Asked:
    """Return what is asked of the Jobs of an object with this spec."""
    return Asked(spec.deadline, spec.retries, spec.queue, sources(spec, settings))


def sources(spec: Spec, settings: Settings) -> list[Source]:
    """Return the patches of an object's children: the settings' first, then its own."""
    found = [
        Source("patches of the settings", settings.patches, trusted=True),
        Source("spec.patches", spec.patches or (), trusted=False),
    ]
    return [each for each in found if each.patches]
