"""What an explanation is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from substratus.files import Key
from substratus.render import Child

Manifest = dict[str, Any]

_PATCHED = "; then a patch changed it"


@dataclass(frozen=True)
class PassedOver:
    """Something that was not taken, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Decision:
    """A value of a child, and the rule that it follows.

    Attributes:
        what: what is decided, such as `memory`.
        value: the value, as the child has it.
        because: the rule, with its numbers.
        passed_over: what else could have been.
    """

    what: str
    value: Any
    because: str
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The decisions behind one step of an object; `children` are their kinds and names."""

    parent: Key
    step: str
    children: tuple[str, ...]
    decisions: tuple[Decision, ...]


def decided(
    what: str, rule: object, child: object, because: str, passed_over: tuple[PassedOver, ...] = ()
) -> Decision:
    """Return a decision whose value is the child's; the rule's value differs after a patch."""
    told = because if rule == child else f"{because}{_PATCHED}"
    return Decision(what, child, told, passed_over)


def is_patched(decision: Decision) -> bool:
    """Return whether a patch changed what the rule gave."""
    return decision.because.endswith(_PATCHED)


def pod(child: Child) -> Manifest:
    """Return the spec of a child's Pods; empty where it has none."""
    template = (child.manifest.get("spec") or {}).get("template") or {}
    found: Manifest = template.get("spec") or {}
    return found


def container(child: Child, name: str) -> Mapping[str, Any]:
    """Return a container of a child's Pods, which may be one that runs before the others."""
    found = pod(child)
    every = [*found.get("initContainers", []), *found.get("containers", [])]
    return next((each for each in every if each["name"] == name), {})
