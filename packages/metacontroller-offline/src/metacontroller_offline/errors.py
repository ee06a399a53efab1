"""Everything that can go wrong, by who must act: the API's refusals, hook errors, hook defects.

A `HookDefect` is raised where a real Metacontroller continues, and badly:
it loops, panics, deletes, or says nothing. It stops the simulation.
"""

from dataclasses import dataclass
from typing import ClassVar

from metacontroller_offline.objects import Ref


class OfflineError(Exception):
    """What every error of this package is."""


class UnsupportedError(OfflineError):
    """A manifest asks for something that is not simulated."""


class ApiError(OfflineError):
    """The API server refuses a request; `code` is its HTTP status."""

    code: ClassVar[int] = 500


class BadRequestError(ApiError):
    """The request makes no sense: an unknown kind, a missing namespace."""

    code = 400


class NotFoundError(ApiError):
    """There is no such object, namespace or kind."""

    code = 404


class AlreadyExistsError(ApiError):
    """An object of that kind and name is there."""

    code = 409


class ConflictError(ApiError):
    """The object has changed since it was read, or is another one."""

    code = 409


class InvalidError(ApiError):
    """The object violates its schema, or an immutable field would change."""

    code = 422


class HookError(OfflineError):
    """A hook failed: nothing is touched, the parent gets a `SyncError` and is tried again."""


class TooManyRequestsError(OfflineError):
    """A hook answered 429 with `Retry-After`: tried again after `seconds`, without an event."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The hook answered 429: the next try is in {seconds} s.")
        self.seconds = seconds


@dataclass(frozen=True)
class Where:
    """What a defect is about. `child` and `field` are empty where they do not apply."""

    controller: str
    parent: Ref
    child: str = ""
    field: str = ""

    def __str__(self) -> str:
        child = f", child {self.child}" if self.child else ""
        field = f", field {self.field}" if self.field else ""
        return f"{self.controller} for {self.parent}{child}{field}"


class HookDefect(OfflineError):  # noqa: N818 - a defect is not an error of the program that runs
    """A hook does what a real Metacontroller survives badly, or not at all."""

    real: ClassVar[str] = ""
    """What a real Metacontroller does."""
    remedy: ClassVar[str] = ""
    """What the hook's author changes."""

    def __init__(self, where: Where, found: str) -> None:
        super().__init__(f"{where}: {found} A real Metacontroller {self.real} {self.remedy}")
        self.where = where
        self.found = found


class NullListElement(HookDefect):
    """`children`, `attachments` or `relatedResources` holds null."""

    real = "panics: its process exits, and again at each restart."
    remedy = "Leave the element out."


class EmptyNames(HookDefect):
    """A related rule has `names: []`."""

    real = "takes this for no filter and selects every object of the kind."
    remedy = "Leave the rule out when there is nothing to name."


class NamesWithSelector(HookDefect):
    """A related rule has `names` and a selector, or `namespace` and `namespaceSelector`."""

    real = "refuses the rule: the sync hook is never called for this parent."
    remedy = "Give two rules, or one of the two fields."


class DuplicateChild(HookDefect):
    """Two children have one kind and name."""

    real = "keeps the last one and says nothing."
    remedy = "Give each child a name of its own."


class DuplicateListKey(HookDefect):
    """Two items of a list have one value of the key by which Metacontroller merges the list."""

    real = "makes both items the last one at its next update of the child."
    remedy = "Give each item a value of its own, or leave one out."


class GenerateNameOnly(HookDefect):
    """A child has `generateName` and no `name`."""

    real = "creates and deletes a new object at each sync, about a hundred a second."
    remedy = "Derive `metadata.name` from the parent."


class ChildOutOfScope(HookDefect):
    """A child is in another namespace than its parent, or cluster-scoped under a namespaced one."""

    real = "creates it at each sync, and it is deleted each time."
    remedy = (
        "Keep children in the parent's namespace, or make the parent cluster-scoped; a "
        "cluster-scoped child has no namespace."
    )


class WrongApiVersion(HookDefect):
    """A child's apiVersion is not the one its controller's rule declares."""

    real = "deletes and creates the child at each sync."
    remedy = "Return the apiVersion of the rule."


class NameHeldByForeignObject(HookDefect):
    """A child's name is taken by an object that the parent does not control."""

    real = "gets 409 and says nothing: the child never exists, and nothing wakes the parent later."
    remedy = (
        "Name the wanted child in a related rule, report the conflict, and return the child "
        "only while the name is free; or allow NameHeldByForeignObject in the simulation."
    )


class NeverConverges(HookDefect):
    """A child or a status is written again at every sync."""

    real = "writes it again at every sync; with Recreate it deletes and creates it forever."
    remedy = "Return the value as the API server stores it, or leave the field out."


class VolatileStatus(HookDefect):
    """The status differs at each sync although nothing has changed."""

    real = "syncs this parent over a hundred times a second, forever."
    remedy = "Change times and counters only when what they describe changes."


class RetryAfterMissing(HookDefect):
    """A hook answered 429 without a usable `Retry-After`."""

    real = "calls again at once, 800 times a second, and records no event."
    remedy = "Send `Retry-After` in seconds, or answer 503."


class HotLoop(HookDefect):
    """A parent is synced again and again in one instant."""

    real = "does so forever, as fast as it can."
    remedy = "Find which write of the timeline wakes the parent each time."
