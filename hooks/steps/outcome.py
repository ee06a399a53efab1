"""What a step has come to."""

from dataclasses import dataclass, field

from hooks.conditions import Condition, Violation
from hooks.manifest import Manifest
from hooks.reasons import Reason
from hooks.step import Step


@dataclass(frozen=True)
class Outcome:
    """What a step has come to.

    Attributes:
        condition: what is reported of it.
        result: where its result is; None while there is none.
        children: the children that it needs now.
    """

    condition: Condition
    result: str | None = None
    children: list[Manifest] = field(default_factory=list)


def pending(step: Step, before: str) -> Outcome:
    """Return the outcome of a step whose turn has not come."""
    message = f"{step.subject} waits for {before}."
    return Outcome(Condition(step.condition, "Unknown", Reason.PENDING, message))


def finished(step: Step, result: str) -> Outcome:
    """Return the outcome of a run whose result is complete."""
    return Outcome(Condition(step.condition, "True", step.done, f"Complete: {result}."), result)


def blocked(step: Step, violation: Violation, children: list[Manifest] | None = None) -> Outcome:
    """Return the outcome of a step that cannot continue; what exists of it remains."""
    return Outcome(violation.of(step.condition), children=children or [])
