"""Patches on a child, operation by operation, and the first that may not be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jsonpatch import JsonPatch, JsonPatchException, JsonPointerException

from hooks import names
from hooks.api import Patch, PatchOp, PatchOperation
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.patches.fixed import changed
from hooks.patches.shape import misshapen
from hooks.patches.storable import unstorable
from hooks.reasons import Reason

_WITH_VALUE = {PatchOp.ADD, PatchOp.REPLACE, PatchOp.TEST}


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


class _RefusedError(Exception):
    """An operation that does not apply, or may not."""


def apply(child: Manifest, sources: Iterable[Source]) -> Manifest | Violation:
    """Return the child with every patch that is for it, or the first operation that may not be.

    Each source may change what the one before it made of the child, and nothing that is fixed.
    """
    for source in sources:
        before = child
        for index, patch in enumerate(source.patches):
            if not _is_for(patch, child):
                continue
            try:
                where = f"{source.where}[{index}]"
                child = _patched(before, child, patch, where=where, trusted=source.trusted)
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


def _is_for(patch: Patch, child: Manifest) -> bool:
    step = child["metadata"]["labels"].get(names.STEP)
    return patch.target.kind == child["kind"] and patch.target.step in {None, step}


def _patched(
    before: Manifest, child: Manifest, patch: Patch, *, where: str, trusted: bool
) -> Manifest:
    operations = list(enumerate(patch.operations))
    for number, operation in operations:
        child = _operated(child, operation, _name(where, number, operation))
        problem = misshapen(child, before["kind"]) or changed(before, child, trusted=trusted)
        if problem:
            raise _RefusedError(f"{_name(where, number, operation)}: {problem}")
    found = unstorable(before, child)
    if found:
        pointer, problem = found
        touching = [each for each in operations if _touches(each[1], pointer)]
        number, operation = (touching or operations)[-1]
        raise _RefusedError(f"{_name(where, number, operation)}: {problem}")
    return child


def _operated(child: Manifest, operation: PatchOperation, name: str) -> Manifest:
    given = operation.to_json()
    if operation.op in _WITH_VALUE and "value" not in given:
        raise _RefusedError(f"{name}: {operation.op} needs a value.")
    try:
        patched: Manifest = JsonPatch([given]).apply(child)
    except (JsonPatchException, JsonPointerException, TypeError, ValueError, LookupError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _RefusedError(f"{name} does not apply: {said[:200]}.") from error
    return patched


def _name(where: str, number: int, operation: PatchOperation) -> str:
    return f"{where}.operations[{number}] ({operation.op} {operation.path})"


def _touches(operation: PatchOperation, pointer: str) -> bool:
    path = operation.path.removesuffix("/-")
    return pointer == path or pointer.startswith(f"{path}/") or path.startswith(f"{pointer}/")
