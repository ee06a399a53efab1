"""What an explanation is made of."""

from dataclasses import dataclass
from typing import Any

from hooks.step import Step
from substratus.objects import Key

_PATCHED = "; then a patch changed it"


@dataclass(frozen=True)
class PassedOver:
    """Something that was not taken, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Decision:
    """A value of a child, and the rule that it follows.

    Attributes:
        what: what is decided, such as `memory`.
        value: the value, as the child has it.
        because: the rule, with its numbers.
        passed_over: what else could have been.
    """

    what: str
    value: Any
    because: str
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The decisions behind one step of an object; `children` are their kinds and names."""

    parent: Key
    step: Step
    children: tuple[str, ...]
    decisions: tuple[Decision, ...]


def decided(
    what: str, rule: object, child: object, because: str, passed_over: tuple[PassedOver, ...] = ()
) -> Decision:
    """Return a decision whose value is the child's; the rule's value differs after a patch."""
    reason = because if rule == child else f"{because}{_PATCHED}"
    return Decision(what, child, reason, passed_over)


def is_patched(decision: Decision) -> bool:
    """Return whether a patch changed what the rule gave."""
    return decision.because.endswith(_PATCHED)
