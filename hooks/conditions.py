"""Conditions: how steps become `status.conditions`, and when their times move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from hooks.reasons import Reason
from hooks.step import Step

Status = Literal["True", "False", "Unknown"]

READY = "Ready"
_OF_PODS = {Step.SERVE.condition, Step.NOTEBOOK.condition}
_NONE_BY_REQUEST = {Reason.SUSPENDED, Reason.SCALED_TO_ZERO}
_MESSAGE_LIMIT = 4096
"""The API's own limit is 32768; a sentence with a log's last lines needs less."""


@dataclass(frozen=True)
class Condition:
    """What one step has come to, in a word for machines and a sentence for people."""

    type: str
    status: Status
    reason: Reason
    message: str


@dataclass(frozen=True)
class Violation:
    """Why a step cannot continue."""

    reason: Reason
    message: str
    status: Status = "False"

    def of(self, condition: str) -> Condition:
        """Return the condition of this type that reports it."""
        return Condition(condition, self.status, self.reason, self.message)


def kept(violation: Violation, *, runs: bool) -> Violation:
    """Return a violation that also says that what runs is kept, if anything runs."""
    note = " What runs is kept as it is." if runs else ""
    return replace(violation, message=violation.message + note)


def ready(steps: Sequence[Condition]) -> Condition:
    """Derive `Ready` from the steps: the first that is not as asked says why; else the last does.

    No Pod by request is as it was asked for: `Running` or `Serving` is False then, and the object
    is ready.
    """
    said = next((step for step in steps if not _is_as_asked(step)), steps[-1])
    status = "True" if _is_as_asked(said) else said.status
    return Condition(READY, status, said.reason, said.message)


def _is_as_asked(step: Condition) -> bool:
    return step.status == "True" or (step.type in _OF_PODS and step.reason in _NONE_BY_REQUEST)


def to_status(
    steps: Sequence[Condition],
    *,
    previous: Mapping[str, Mapping[str, Any]],
    generation: int,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return `status.conditions`: every step and `Ready`, sorted by type.

    Args:
        steps: the kind's conditions in the order in which they are reached.
        previous: the conditions of the parent's present status, by type.
        generation: the generation that was looked at.
        now: the time to write where a condition's status changes, and only there:
            a status that always differs would be synced forever.
    """
    return [
        {
            "type": condition.type,
            "status": condition.status,
            "reason": str(condition.reason),
            "message": printable(condition.message[:_MESSAGE_LIMIT]),
            "lastTransitionTime": _transition(condition, previous.get(condition.type), now),
            "observedGeneration": generation,
        }
        for condition in sorted([*steps, ready(steps)], key=lambda each: each.type)
    ]


def printable(text: str) -> str:
    """Return a text without control characters, which a terminal would obey.

    A message quotes what others wrote: a patch's path, the last lines of a container's log.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def _transition(condition: Condition, previous: Mapping[str, Any] | None, now: datetime) -> str:
    if previous and previous.get("status") == condition.status:
        time = previous.get("lastTransitionTime")
        if isinstance(time, str) and time:
            return time
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"
