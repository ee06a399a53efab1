"""Variables that a person gives a script: plain values, and values of a Secret."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from hooks.api.rules import ObjectRule, RuledType, TextRule, Type, following, text
from hooks.api.shared import Name

_FORM = TextRule(
    "[A-Za-z_][A-Za-z0-9_]*",
    "must be a variable's name: letters, digits and _, not beginning with a digit",
)
DEVICE_VARIABLES = (
    "NVIDIA_(VISIBLE_DEVICES|IMEX_CHANNELS|GDRCOPY|GDS|MOFED|NVSWITCH|MIG_.*)|"
    "(AMD|ASCEND|HABANA|INTEL|METAX|MTHREADS)_VISIBLE_(DEVICES|MODULES)"
)
"""Those by which a container runtime gives a container devices of the node, asked for or not."""
_RESERVED = TextRule(
    f"^((TRAIN|LOAD|PARAM)_.*|(BASE_)?MODEL_DIR|PATH|JUPYTER_TOKEN|{DEVICE_VARIABLES})$",
    "must not be a variable that is set for the script: TRAIN_*, LOAD_*, PARAM_*, "
    "MODEL_DIR, BASE_MODEL_DIR, PATH, JUPYTER_TOKEN, or one that gives devices, such as "
    "NVIDIA_VISIBLE_DEVICES; parameters go into training.params.extra",
    forbidden=True,
)
_KEY = TextRule("[A-Za-z0-9_.-]+", "must be a key of a Secret: letters, digits and _ . -")
_NAME_RULES = (_FORM, _RESERVED)


class SecretKeySelector(Type):
    """A key of a Secret."""

    name: Name = Field(description="The Secret's name, in the object's namespace.")
    key: Annotated[str, text(253, _KEY), following(_KEY)] = Field(
        description="The key in the Secret."
    )


class EnvVarSource(Type):
    """Where a variable's value comes from."""

    secret_key_ref: SecretKeySelector = Field(description="SecretKeyRef is a key of a Secret.")


class EnvVar(RuledType):
    """A variable, as a container has it."""

    rules: ClassVar = (
        ObjectRule(
            "has(self.value) != has(self.valueFrom)",
            "must have exactly one of value and valueFrom",
            lambda env: (env.value is None) != (env.value_from is None),
        ),
    )

    name: Annotated[str, text(253, *_NAME_RULES), following(*_NAME_RULES)] = Field(
        description="The variable's name."
    )
    value: Annotated[str, Field(max_length=1024)] | None = Field(
        default=None, description="The value."
    )
    value_from: EnvVarSource | None = Field(
        default=None, description="ValueFrom is where the value comes from."
    )


_CREDENTIALS = "^(HF|AWS|GOOGLE|AZURE)_"


def env_of_url(url: Callable[[Any], str | None]) -> ObjectRule:
    """Return the rule that a loader of ours is given credentials alone; `url` is a spec's."""
    return ObjectRule(
        "!has(self.source.url) || !has(self.env) || "
        f"self.env.all(given, given.name.matches('{_CREDENTIALS}'))",
        "env gives the loader of source.url its credentials: only HF_*, AWS_*, GOOGLE_* and "
        "AZURE_* are read",
        lambda spec: (
            url(spec) is None or all(re.match(_CREDENTIALS, each.name) for each in spec.env or ())
        ),
    )


def _distinct(given: list[EnvVar]) -> list[EnvVar]:
    if len({each.name for each in given}) != len(given):
        raise ValueError("must not name a variable twice")
    return given


_MAP: Any = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}


def deciding(env: Sequence[EnvVar] | None) -> dict[str, str | None] | None:
    """Return what of the variables decides a run's result; None where there are none.

    That is each name and plain value, and that a value comes from a Secret, but not from which
    one: a token that is added tries again what failed for want of it, and one that moves to
    another Secret computes nothing again.
    """
    return {each.name: each.value for each in env} if env else None


Env = Annotated[
    list[EnvVar],
    Field(max_length=32, json_schema_extra=_MAP),
    AfterValidator(_distinct),
]
