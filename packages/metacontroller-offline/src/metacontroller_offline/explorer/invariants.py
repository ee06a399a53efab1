"""What is to hold in every state, or at every step between two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from metacontroller_offline.children import WRITER
from metacontroller_offline.explorer.choices import Choice
from metacontroller_offline.explorer.steps import Step
from metacontroller_offline.objects import Manifest, Ref, controller_of, ref

Memory: TypeAlias = Any
"""What an invariant must know of what has happened before: a value that can be hashed."""

Verdict: TypeAlias = tuple[Memory, str]
"""What it remembers from now on, and what is wrong, in a sentence; empty if nothing is."""


@dataclass(frozen=True)
class Invariant:
    """A promise.

    Attributes:
        name: a few words.
        promise: the promise, as a sentence.
        check: looks at one step, with what it remembers.
        at_rest: looks at the objects when nothing more happens; returns what is wrong.
        memory: what it remembers at first.
    """

    name: str
    promise: str
    check: Callable[[Step, Memory], Verdict] | None = None
    at_rest: Callable[[dict[Ref, Manifest]], str] | None = None
    memory: Memory = None


DEFECT = Invariant("defect", "No hook does what a real Metacontroller takes badly.")


class BrokenError(Exception):
    """A promise is broken.

    Args:
        invariant: the promise.
        problem: what is wrong, in a sentence.
        tail: what happened after the state that the search was in.
    """

    def __init__(self, invariant: Invariant, problem: str, tail: Sequence[Choice] = ()) -> None:
        super().__init__(problem)
        self.invariant, self.problem, self.tail = invariant, problem, tuple(tail)


def checked(
    invariants: Sequence[Invariant], step: Step, memories: tuple[Memory, ...]
) -> tuple[Memory, ...]:
    """Return what invariants remember after a step.

    Raises:
        BrokenError: one of them does not hold.
    """
    if step.defect:
        raise BrokenError(DEFECT, step.defect)
    kept = []
    for invariant, memory in zip(invariants, memories, strict=True):
        after, problem = invariant.check(step, memory) if invariant.check else (memory, "")
        if problem:
            raise BrokenError(invariant, problem)
        kept.append(after)
    return tuple(kept)


def not_made_again(*kinds: str) -> Invariant:
    """Return the invariant that a child is not deleted and made again while nobody changes a thing.

    Args:
        kinds: the names of the kinds that it is about; none: all.
    """

    def check(step: Step, removed: Memory) -> Verdict:
        if step.request is None:
            return removed, ""
        given = _given(step)
        for write in step.writes:
            if write.by != WRITER or (kinds and write.ref.kind not in kinds):
                continue
            if write.new is None and write.ref not in _wanted(step):
                removed |= {(write.ref, given)}
            elif write.old is None and (write.ref, given) in removed:
                return removed, f"{write.ref} is made again as it was before it was deleted."
        return removed, ""

    return Invariant(
        "not made again",
        "No child is deleted and made again while nobody changes a thing.",
        check=check,
        memory=frozenset(),
    )


def _given(step: Step) -> tuple[tuple[str, int], ...]:
    """Return the generations of what people made of all that a call was about, as it is now."""
    request = step.request or {}
    shown = [request.get("parent") or request.get("object")]
    shown += [each for group in (request.get("related") or {}).values() for each in group.values()]
    keys = sorted({ref(each) for each in shown if each and controller_of(each) is None})
    present = ((key, step.before.get(key)) for key in keys)
    return tuple((str(key), each["metadata"].get("generation", 0)) for key, each in present if each)


def _wanted(step: Step) -> set[Ref]:
    children = (step.answer or {}).get("children") or []
    return {ref(each) for each in children if each}
