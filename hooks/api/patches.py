"""JSON patches (RFC 6902) of the children: the way out, where no field does what is needed."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import AfterValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from hooks.api.rules import ObjectRule, RuledType, TextRule, Type, following, text
from hooks.step import PatchKind, Step


class PatchOp(StrEnum):
    """What an operation does."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"
    MOVE = "move"
    COPY = "copy"
    TEST = "test"


_STRICT = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)
"""A patch that holds more than is known here would not do what it says."""

_WITH_PODS = (PatchKind.JOB, PatchKind.STATEFUL_SET)
_CONTAINER = TextRule(
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "must be a container's name: lower case letters, digits and '-', with a letter or digit at "
    "both ends",
)
_MOVES = (PatchOp.MOVE, PatchOp.COPY)

VALUES_LIMIT = 16_384
"""Bytes of JSON in all values of an object's patches. As many again may be copied."""
_COUNT_LIMIT = 1_000
"""Numbers, strings, maps and such in all values of an object's patches."""
_DEPTH_LIMIT = 24
"""Maps and lists in each other, in one value. A Pod's own schema needs twelve."""
_TOO_MUCH = (
    f"the values of all patches may have {VALUES_LIMIT} bytes and {_COUNT_LIMIT} parts, nested "
    f"{_DEPTH_LIMIT} deep: keep what is longer in a ConfigMap or in an image"
)
_TEXT_LIMIT, _ITEMS_LIMIT = 8_192, 128
_ANY: Any = {
    "x-kubernetes-preserve-unknown-fields": True,
    "maxLength": _TEXT_LIMIT,
    "maxItems": _ITEMS_LIMIT,
    "maxProperties": _ITEMS_LIMIT,
}
"""What a schema can limit of a value of any type is its first level; `_bounded` counts the rest."""


def _short(value: object) -> object:
    """Refuse what the schema refuses of a value."""
    if isinstance(value, str) and len(value) > _TEXT_LIMIT:
        raise ValueError(f"a text must have at most {_TEXT_LIMIT} characters")
    if isinstance(value, list | dict) and len(value) > _ITEMS_LIMIT:
        raise ValueError(f"a list or a map must have at most {_ITEMS_LIMIT} items")
    return value


class PatchTarget(RuledType):
    """Which children a patch is for, or which container of one."""

    model_config = _STRICT
    rules: ClassVar = (
        ObjectRule(
            "!has(self.container) || (has(self.step) && self.kind in ['Job', 'StatefulSet'])",
            "container needs a step, since each has its own, and the kind Job or StatefulSet",
            lambda target: (
                target.container is None or (target.step is not None and target.kind in _WITH_PODS)
            ),
        ),
    )

    kind: PatchKind = Field(description="The children's kind.")
    step: Step | None = Field(default=None, description="Their step; any where absent.")
    container: Annotated[str, text(63, _CONTAINER), following(_CONTAINER)] | None = Field(
        default=None,
        description=(
            "Container is the name of a container or init container of theirs, which the paths "
            "of the operations then begin at; needs step."
        ),
    )


class PatchOperation(RuledType):
    """One operation of a patch, as RFC 6902 has it."""

    model_config = _STRICT
    rules: ClassVar = (
        ObjectRule(
            "self.path.startsWith('/') && (!has(self.from) || self.from.startsWith('/'))",
            "path and from must be JSON pointers: each begins with '/'",
            lambda each: each.path.startswith("/") and (each.from_ or "/").startswith("/"),
        ),
        ObjectRule(
            "has(self.from) == (self.op in ['move', 'copy'])",
            "from belongs to move and copy, and to these alone",
            lambda each: (each.from_ is not None) == (each.op in _MOVES),
        ),
    )

    op: PatchOp = Field(description="What it does.")
    path: Annotated[str, Field(min_length=1, max_length=512)] = Field(
        description="Path is where, as a JSON pointer into the child."
    )
    from_: Annotated[str, Field(min_length=1, max_length=512)] | None = Field(
        default=None, alias="from", description="From is where a move or copy takes the value."
    )
    value: Annotated[Any, AfterValidator(_short)] = Field(
        default=None,
        description="Value is what an add, a replace or a test is about.",
        json_schema_extra=_ANY,
    )

    def to_json(self) -> dict[str, Any]:
        """Return the operation as RFC 6902 writes it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Patch(Type):
    """A patch of children: of those that the target names, operation by operation."""

    model_config = _STRICT

    target: PatchTarget = Field(description="Target is which children it is for.")
    operations: Annotated[list[PatchOperation], Field(min_length=1, max_length=16)] = Field(
        description="Operations are applied in their order; see docs/patches.md."
    )


def _bounded(patches: list[Patch]) -> list[Patch]:
    """Refuse patches whose values are large in all, which no rule of a CRD can count."""
    values = [operation.value for patch in patches for operation in patch.operations]
    try:
        size = len(orjson.dumps(values))
    except orjson.JSONEncodeError as error:  # nested so deep that it cannot be written
        raise ValueError(_TOO_MUCH) from error
    if size > VALUES_LIMIT or _parts(values, _DEPTH_LIMIT + 1) > _COUNT_LIMIT:
        raise ValueError(_TOO_MUCH)
    return patches


def _parts(value: object, depth: int) -> int:
    """Return how many JSON values a value has in it; more than may be where it is too deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if inner and not depth:
        return _COUNT_LIMIT + 1
    return 1 + sum(_parts(each, depth - 1) for each in inner)


Patches = Annotated[list[Patch], Field(max_length=8), AfterValidator(_bounded)]


def targets(kind: str) -> ObjectRule:
    """Return the rule that the patches of an object of this kind are for children that it has."""
    own = Step.of_kind(kind)
    kinds = [*dict.fromkeys(each for step in own for each in step.patchable)]
    steps = [step.value for step in own]
    kind_list, step_list = (", ".join(f"'{each}'" for each in given) for given in (kinds, steps))
    return ObjectRule(
        f"!has(self.patches) || self.patches.all(p, p.target.kind in [{kind_list}] && "
        f"(!has(p.target.step) || p.target.step in [{step_list}]))",
        f"patches.target must be of a child that there is: of kind {' or '.join(kinds)}, "
        f"and of step {' or '.join(steps)}",
        lambda spec: all(
            patch.target.kind in kinds and (patch.target.step is None or patch.target.step in steps)
            for patch in spec.patches or []
        ),
    )
