"""Patches on a child, operation by operation, and the first that may not be.

The work is bounded: one copy of the child and one check of the outcome for all patches of a source,
and a copy by an operation counts like a value that it adds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from jsonpatch import (
    JsonPatch,
    JsonPatchException,
    JsonPatchTestFailed,
    JsonPointer,
    JsonPointerException,
)

from hooks import names
from hooks.api import VALUES_LIMIT, Patch, PatchOp, PatchOperation
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.patches.fixed import changed
from hooks.patches.problem import Problem
from hooks.patches.shape import misshapen
from hooks.patches.storable import unstorable
from hooks.reasons import Reason

_WITH_VALUE = {PatchOp.ADD, PatchOp.REPLACE, PatchOp.TEST}
_UNFIT = (JsonPatchException, JsonPointerException, TypeError, ValueError, LookupError)
_QUOTING = re.compile(r"(?<=not found) in .*")
"""What jsonpointer quotes of the child."""


@dataclass(frozen=True)
class Source:
    """Patches from one place.

    Attributes:
        where: what to call the place in a message.
        patches: the patches, in their order.
        trusted: whether they may give a Pod privileges: an administrator wrote them.
    """

    where: str
    patches: Sequence[Patch]
    trusted: bool


@dataclass(frozen=True)
class _Step:
    """An operation of a patch that is for the child, and what to call it in a message."""

    operation: PatchOperation
    name: str

    def touches(self, place: str) -> bool:
        """Return whether the operation is above, at or below a place, a JSON pointer."""
        given = (self.operation.path.removesuffix("/-"), self.operation.from_)
        return any(
            place == path or place.startswith(f"{path}/") or path.startswith(f"{place}/")
            for path in given
            if path is not None
        )


class _RefusedError(Exception):
    """An operation that does not apply, or may not."""


def apply(child: Manifest, sources: Iterable[Source]) -> Manifest | Violation:
    """Return the child with every patch that is for it, or the first operation that may not be.

    Each source may change what the one before it made of the child, and nothing that is fixed.
    It is the outcome of a source that is looked at, not what its operations make on the way.
    """
    for source in sources:
        steps = _steps(source, child)
        if not steps:
            continue
        try:
            child = _patched(child, steps, trusted=source.trusted)
        except _RefusedError as refusal:
            return Violation(Reason.INVALID_PATCH, str(refusal))
    return child


def apply_all(
    children: Iterable[Manifest], sources: Sequence[Source]
) -> list[Manifest] | Violation:
    """Return all children with their patches, or the first operation that may not be."""
    patched = []
    for child in children:
        outcome = apply(child, sources)
        if isinstance(outcome, Violation):
            return outcome
        patched.append(outcome)
    return patched


def _steps(source: Source, child: Manifest) -> list[_Step]:
    """Return the operations of a source that are for a child, in their order."""
    return [
        _Step(each, f"{source.where}[{index}].operations[{number}] ({each.op} {each.path})")
        for index, patch in enumerate(source.patches)
        if _is_for(patch, child)
        for number, each in enumerate(patch.operations)
    ]


def _is_for(patch: Patch, child: Manifest) -> bool:
    step = child["metadata"]["labels"].get(names.STEP)
    return patch.target.kind == child["kind"] and patch.target.step in {None, step}


def _patched(before: Manifest, steps: Sequence[_Step], *, trusted: bool) -> Manifest:
    """Return a child after all operations of a source; `before` stays as it is."""
    after: Manifest = orjson.loads(orjson.dumps(before))
    copied = 0
    for step in steps:
        copied += _copied(step, after)
        if copied > VALUES_LIMIT:
            raise _RefusedError(
                f"{step.name}: the patches copy more than {VALUES_LIMIT} bytes of the child."
            )
        after = _operated(after, step)
    problem = (
        misshapen(after, before["kind"])
        or changed(before, after, trusted=trusted)
        or unstorable(before, after)
    )
    if problem:
        raise _RefusedError(f"{_blamed(steps, problem).name}: {problem.message}")
    return after


def _copied(step: _Step, child: Manifest) -> int:
    """Return how many bytes an operation copies within the child."""
    source = step.operation.from_
    if step.operation.op != PatchOp.COPY or source is None:
        return 0
    try:
        return len(orjson.dumps(JsonPointer(source).resolve(child)))
    except _UNFIT as error:
        raise _RefusedError(_unfit(step, error)) from error


def _operated(child: Manifest, step: _Step) -> Manifest:
    given = step.operation.to_json()
    if step.operation.op in _WITH_VALUE and "value" not in given:
        raise _RefusedError(f"{step.name}: {step.operation.op} needs a value.")
    try:
        patched: Manifest = JsonPatch.operations[step.operation.op](given).apply(child)
    except _UNFIT as error:
        raise _RefusedError(_unfit(step, error)) from error
    return patched


def _unfit(step: _Step, error: Exception) -> str:
    """Return why an operation does not apply, without the values of the child."""
    if isinstance(error, JsonPatchTestFailed):
        return f"{step.name} does not apply: what is there is not equal to the value."
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{step.name} does not apply: {_QUOTING.sub('', said)}."


def _blamed(steps: Sequence[_Step], problem: Problem) -> _Step:
    """Return the operation that caused a problem: the last that touches its place."""
    touching = [step for step in steps if step.touches(problem.place)]
    return (touching or steps)[-1]
