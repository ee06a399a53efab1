"""What may happen next, and how often."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from metacontroller_offline.controller import QueueKey
from metacontroller_offline.objects import Ref
from metacontroller_offline.store import Cluster

PRICES = {
    "fail": "failures",
    "delete": "deletions",
    "edit": "edits",
    "refuse": "refusals",
    "conflict": "refusals",
    "stop": "stops",
    "restart": "stops",
    "error": "errors",
    "wait": "waits",
    "upgrade": "upgrades",
}
"""What a choice takes from the budget; one that is not here is the usual course."""


@dataclass(frozen=True)
class Choice:
    """One thing that may happen in a state.

    Attributes:
        what: `sync` of a parent, `deliver` a change to a cache, `step` of a workload, `collect`
            garbage: the usual course. A key of `PRICES`: what costs something.
        target: what it happens to: a parent and its controller, an object, or a name.
        how: more of it: a Pod's outcome, or the number of the write before which it happens.
    """

    what: str
    target: QueueKey | Ref | str = ""
    how: str = ""

    def __str__(self) -> str:
        parts = (self.what, _said(self.target), self.how and f"({self.how})")
        return " ".join(filter(None, parts))


def _said(target: QueueKey | Ref | str) -> str:
    if isinstance(target, str | Ref):
        return str(target)
    controller, key = target
    return f"{key} by {controller}"


@dataclass(frozen=True)
class Edit:
    """A change that a person, or another controller, may make.

    Attributes:
        name: how stories call it.
        make: makes it, by the methods of a cluster that write; one that is refused does not count.
    """

    name: str
    make: Callable[[Cluster], object]


@dataclass(frozen=True)
class Budget:
    """How often what is not the usual course may happen on the way to a state.

    Attributes:
        failures: Pods that do not do what they are to do, in one of the ways that are given.
        deletions: deletions of objects by others.
        edits: changes by a person.
        refusals: writes of Metacontroller that the API server refuses, or that lose a conflict.
        stops: ends of Metacontroller, between two writes or at rest; it starts again at once.
        errors: hook calls that fail or time out.
        waits: waits until the next thing that is due later.
        upgrades: changes to the next version of the hooks.
    """

    failures: int = 0
    deletions: int = 0
    edits: int = 0
    refusals: int = 0
    stops: int = 0
    errors: int = 0
    waits: int = 0
    upgrades: int = 0

    def has(self, what: str) -> bool:
        """Return whether a choice can be paid for."""
        return what not in PRICES or bool(getattr(self, PRICES[what]))

    def paid(self, what: str) -> "Budget":
        """Return what is left when a choice is paid for."""
        name = PRICES.get(what)
        return replace(self, **{name: getattr(self, name) - 1}) if name else self

    def __str__(self) -> str:
        left = {each.name: getattr(self, each.name) for each in fields(self)}
        return ", ".join(f"{count} {name}" for name, count in left.items() if count) or "nothing"
