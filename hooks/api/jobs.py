"""What an object asks of its Jobs; none of it decides what they compute."""

from typing import Annotated

from pydantic import Field

from hooks.api.rules import TextRule, following, text

_QUEUE = TextRule(
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "must be the name of a LocalQueue: lower case letters, digits and '-', "
    "with a letter or digit at both ends",
)

DeadlineSeconds = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=31_536_000)] | None,
    Field(
        description=(
            "DeadlineSeconds is how long each of the object's Jobs may take, killed and repeated "
            "Pods included; forever where absent. It counts for the next Job."
        )
    ),
]
Retries = Annotated[
    Annotated[int, Field(strict=True, ge=0, le=100)] | None,
    Field(
        description=(
            "Retries is how often each of the object's Jobs starts its Pod again, whether its "
            "script failed or it was killed. Where absent, the settings say it for each step "
            "(jobs.retries): a training that fails is final, a build and a load are tried again "
            "twice. Preemptions and drains never count. It counts for the next Job."
        )
    ),
]
Queue = Annotated[
    Annotated[str, text(63, _QUEUE), following(_QUEUE)] | None,
    Field(
        description=(
            "Queue is the Kueue LocalQueue that the object's Jobs wait in: they are made "
            "suspended, and Kueue lets them run. It counts for the next Job."
        )
    ),
]
