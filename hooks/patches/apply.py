"""Patches on a child, operation by operation, and the first that may not be.

The work is bounded: one copy of the child and one check of the outcome for all patches of a source,
and a copy by an operation counts like a value that it adds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import orjson
from jsonpatch import (
    JsonPatch,
    JsonPatchException,
    JsonPatchTestFailed,
    JsonPointer,
    JsonPointerException,
)

from hooks import names
from hooks.api import VALUES_LIMIT, Patch, PatchOp
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.patches.beyond import beyond
from hooks.patches.checks import Shared
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
        trusted: whether an administrator wrote them: others change what is in the list alone.
        shared: what the settings name that is not the object's own.
    """

    where: str
    patches: Sequence[Patch]
    trusted: bool
    shared: Shared = field(default_factory=Shared)


@dataclass(frozen=True)
class _Step:
    """An operation of a patch that is for the child.

    Attributes:
        given: the operation, as RFC 6902 writes it.
        name: what to call it in a message.
        container: the name of the container that its pointers begin at; None for the child.
    """

    given: Manifest
    name: str
    container: str | None = None

    @property
    def op(self) -> str:
        """What it does."""
        return str(self.given["op"])

    def touches(self, place: str) -> bool:
        """Return whether the operation is above, at or below a place, a JSON pointer."""
        given = (self.given["path"].removesuffix("/-"), self.given.get("from"))
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
            child = _patched(child, steps, source)
        except _RefusedError as refusal:
            return Violation(Reason.INVALID_PATCH, str(refusal))
    return child


def _steps(source: Source, child: Manifest) -> list[_Step]:
    """Return the operations of a source that are for a child, in their order."""
    return [
        _Step(
            each.to_json(),
            f"{source.where}[{index}].operations[{number}] ({each.op} {each.path})",
            patch.target.container,
        )
        for index, patch in enumerate(source.patches)
        if _is_for(patch, child)
        for number, each in enumerate(patch.operations)
    ]


def _is_for(patch: Patch, child: Manifest) -> bool:
    step = child["metadata"]["labels"].get(names.STEP)
    return patch.target.kind == child["kind"] and patch.target.step in {None, step}


def _patched(before: Manifest, steps: Sequence[_Step], source: Source) -> Manifest:
    """Return a child after all operations of a source; `before` stays as it is."""
    after: Manifest = orjson.loads(orjson.dumps(before))
    copied = 0
    done = []
    for each in steps:
        step = _placed(each, after)
        copied += _copied(step, after)
        if copied > VALUES_LIMIT:
            raise _RefusedError(
                f"{step.name}: the patches copy more than {VALUES_LIMIT} bytes of the child."
            )
        after = _operated(after, step)
        done.append(step)
    problem = (
        misshapen(after, before["kind"])
        or changed(before, after)
        or (None if source.trusted else beyond(before, after, source.shared))
        or unstorable(before, after)
    )
    if problem:
        raise _RefusedError(f"{_blamed(done, problem).name}: {problem.message}")
    return after


def _placed(step: _Step, child: Manifest) -> _Step:
    """Return an operation with pointers that begin at the child, where it is for a container."""
    if step.container is None:
        return step
    try:
        pod = child["spec"]["template"]["spec"]
        places = {
            container["name"]: f"/spec/template/spec/{part}/{index}"
            for part in ("initContainers", "containers")
            for index, container in enumerate(pod.get(part, []))
        }
    except (TypeError, LookupError, AttributeError):
        places = {}  # an operation before this one broke it, which is what is reported
    if step.container not in places:
        raise _RefusedError(
            f"{step.name}: there is no container {step.container}; "
            f"there are {', '.join(sorted(map(str, places))) or 'none'}."
        )
    place = places[step.container]
    pointers: Manifest = {
        key: f"{place}{step.given[key]}" for key in ("path", "from") if key in step.given
    }
    return replace(step, given={**step.given, **pointers})


def _copied(step: _Step, child: Manifest) -> int:
    """Return how many bytes an operation copies within the child."""
    if step.op != PatchOp.COPY:
        return 0
    try:
        return len(orjson.dumps(JsonPointer(step.given["from"]).resolve(child)))
    except _UNFIT as error:
        raise _RefusedError(_unfit(step, error)) from error


def _operated(child: Manifest, step: _Step) -> Manifest:
    if step.op in _WITH_VALUE and "value" not in step.given:
        raise _RefusedError(f"{step.name}: {step.op} needs a value.")
    try:
        patched: Manifest = JsonPatch.operations[step.op](step.given).apply(child)
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
