"""JSON patches (RFC 6902) of the children: the way out, where no field does what is needed."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from hooks.api.rules import ObjectRule, RuledType, Type
from hooks.step import PatchKind, Step


class PatchStep(StrEnum):
    """A step that a child belongs to, by its label."""

    BUILD = Step.BUILD.label
    LOAD = Step.LOAD.label
    TRAIN = Step.TRAIN.label
    SERVE = Step.SERVE.label
    NOTEBOOK = Step.NOTEBOOK.label


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

_MOVES = (PatchOp.MOVE, PatchOp.COPY)
_ANY: Any = {"x-kubernetes-preserve-unknown-fields": True}


class PatchTarget(Type):
    """Which children a patch is for."""

    model_config = _STRICT

    kind: PatchKind = Field(description="The children's kind.")
    step: PatchStep | None = Field(default=None, description="Their step; any where absent.")


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
    value: Any = Field(
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
    operations: Annotated[list[PatchOperation], Field(min_length=1, max_length=32)] = Field(
        description="Operations are applied in their order; see docs/patches.md."
    )


Patches = Annotated[list[Patch], Field(max_length=16)]


def targets(kind: str) -> ObjectRule:
    """Return the rule that the patches of an object of this kind are for children that it has."""
    own = Step.of_kind(kind)
    kinds = [*dict.fromkeys(each for step in own for each in step.patchable)]
    steps = [*dict.fromkeys(step.label for step in own)]
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
