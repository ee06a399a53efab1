"""Types that several kinds have."""

from typing import Annotated, Any

from pydantic import Field

from hooks.api.rules import TextRule, Type, following, text

GROUP = "substratus.ai"
API_VERSION = f"{GROUP}/v1"

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_INT64: Any = {"format": "int64"}

_NAME = TextRule(
    rf"{_LABEL}([.]{_LABEL})*",
    "must be an object's name: lower case letters, digits, '-' and '.', "
    "with a letter or digit at both ends of each part",
)
_IMAGE_FORM = TextRule(
    "[a-z0-9][a-z0-9.-]*(:[0-9]{1,5}/[a-z0-9])?[a-z0-9/._-]*"
    "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?",
    "must be an image such as registry.example.com/team/llama:v1, or with a digest behind: "
    "@sha256: and 64 digits; all but the tag is in lower case",
)
Name = Annotated[str, text(253, _NAME), following(_NAME)]
Count = Annotated[int, Field(strict=True, ge=1, le=10**15, json_schema_extra=_INT64)]


Image = Annotated[str, text(512, _IMAGE_FORM), following(_IMAGE_FORM)]
"""An image that is taken as it is written."""


class ObjectMeta(Type):
    """What the hooks read of an object's metadata."""

    name: str
    namespace: str
    uid: str = ""
    generation: int = 0
    annotations: dict[str, str] = Field(default={})
    labels: dict[str, str] = Field(default={})


class Condition(Type):
    """A condition, as `metav1.Condition` has it."""

    type: str = Field(max_length=316, description="Type of the condition in CamelCase.")
    status: str = Field(
        description="Status of the condition: True, False or Unknown.",
        json_schema_extra={"enum": ["True", "False", "Unknown"]},
    )
    observed_generation: int | None = Field(
        default=None,
        description="The metadata.generation that the condition was set for.",
        json_schema_extra={**_INT64, "minimum": 0},
    )
    last_transition_time: str = Field(
        description="The last time that the status changed.",
        json_schema_extra={"format": "date-time"},
    )
    reason: str = Field(
        min_length=1,
        max_length=1024,
        description="Why the condition has its status, in CamelCase; see docs/conditions.md.",
    )
    message: str = Field(
        max_length=32768, description="What that means and what to do, in a sentence."
    )


ObservedGeneration = Annotated[
    int | None,
    Field(
        description="The metadata.generation that the status speaks of.",
        json_schema_extra=_INT64,
    ),
]
Replicas = Annotated[
    int | None,
    Field(
        description="Replicas is how many Pods there are.",
        json_schema_extra={"format": "int32", "minimum": 0},
    ),
]
Conditions = Annotated[
    list[Condition] | None,
    Field(
        max_length=16,
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
    ),
]
