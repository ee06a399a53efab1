"""What a sync hook answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hooks.sync.observed import Manifest


@dataclass(frozen=True)
class Desired:
    """The answer of a sync hook.

    Attributes:
        status: the whole of the parent's new status; Metacontroller replaces the old one.
        children: every child that is to be. A child that is left out is deleted.
        resync_after: seconds until the hook wants to be asked again; 0 for never.
    """

    status: Manifest
    children: list[Manifest] = field(default_factory=list)
    resync_after: int = 0


@dataclass(frozen=True)
class Rule:
    """A rule for related objects: of one resource, in one namespace, by names or by labels."""

    api_version: str
    resource: str
    namespace: str
    names: tuple[str, ...] = ()
    match_labels: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the rule as Metacontroller reads it, with names or a selector, never both."""
        selection: dict[str, Any] = (
            {"names": list(self.names)}
            if self.names
            else {"labelSelector": {"matchLabels": dict(self.match_labels)}}
        )
        return {
            "apiVersion": self.api_version,
            "resource": self.resource,
            "namespace": self.namespace,
            **selection,
        }


def identity(manifest: Manifest) -> tuple[str, str]:
    """Return a child's kind and name, by which no two children of a parent may agree."""
    return manifest["kind"], manifest["metadata"]["name"]


def distinct(children: Iterable[Manifest]) -> list[Manifest]:
    """Return the children sorted by kind and name; of two with one name the first counts."""
    found: dict[tuple[str, str], Manifest] = {}
    for child in children:
        found.setdefault(identity(child), child)
    return [found[key] for key in sorted(found)]
