"""How Jobs are kept and repeated."""

import re
from datetime import timedelta
from typing import Annotated

import durationpy
from pydantic import BeforeValidator, Field, PlainSerializer

from hooks.platform.section import Section
from hooks.step import Step

_DURATION = re.compile(r"([0-9]+([.][0-9]+)?(ms|s|m|h))+")


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise ValueError("must be a duration such as 24h, 90m or 1h30m")
    return durationpy.from_str(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(durationpy.to_str, return_type=str),
]
"""A duration as Go and Kubernetes write it: hours, minutes, seconds and milliseconds."""


class StepRetries(Section):
    """How often a step's Pod is started again after its script failed."""

    build: int = Field(default=2, ge=0, le=100, description="The image's build.")
    load: int = Field(default=2, ge=0, le=100, description="A Dataset's load.")
    trainer: int = Field(default=2, ge=0, le=100, description="The build of `training.source.git`.")
    train: int = Field(default=0, ge=0, le=100, description="A Model's training.")
    package: int = Field(default=2, ge=0, le=100, description="A trained Model's build.")

    def of(self, step: Step) -> int:
        """Return it for a step that is a Job."""
        found: int = getattr(self, step)
        return found


class Jobs(Section):
    """How Jobs are kept and repeated."""

    keep_finished: Duration = Field(
        default=timedelta(days=1),
        gt=timedelta(0),
        json_schema_extra={"default": "24h"},
        description=(
            "How long a complete Job, or a failed one that no longer counts, stays for its logs "
            "to be read, such as `24h` or `1h30m`."
        ),
    )
    retries: StepRetries = Field(
        default=StepRetries(),
        description="How often a step is tried again where the object has no `retries`: a download "
        "fails now and then, and a training that failed costs as much again.",
    )
    kill_limit: int = Field(
        default=3,
        ge=0,
        description=(
            "How often a Job without retries starts again after its script was killed (exit code "
            "137). A script that fails by itself then ends it; a Pod that is preempted or drained "
            "is always started again."
        ),
    )
