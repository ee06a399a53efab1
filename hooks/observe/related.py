"""The rules of the customize hooks: which objects a hook must see beside the children."""

from dataclasses import dataclass
from typing import Any

from hooks.manifest import Manifest
from hooks.names import owner_labels


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


def named(parent: Manifest, api_version: str, resource: str, *names: str) -> Rule:
    """Return the rule for objects of these names in the parent's namespace.

    Where a name is known it is better than a label: Metacontroller holds every change of an object
    against the rules of every parent, and a selector takes it tens of times as long as a name.
    """
    return Rule(api_version, resource, parent["metadata"]["namespace"], names=names)


def own_pods(parent: Manifest) -> Rule:
    """Return the rule for the Pods of the parent's children, which say why something fails."""
    return _own(parent, "v1", "pods")


def own_jobs(parent: Manifest) -> Rule:
    """Return the rule for Jobs with the parent's label: one whose owner is gone is a conflict."""
    return _own(parent, "batch/v1", "jobs")


def own_claims(parent: Manifest) -> Rule:
    """Return the rule for claims with the parent's label, for the same reason."""
    return _own(parent, "v1", "persistentvolumeclaims")


def _own(parent: Manifest, api_version: str, resource: str) -> Rule:
    metadata = parent["metadata"]
    selector = owner_labels(parent["kind"], metadata["name"])
    return Rule(api_version, resource, metadata["namespace"], match_labels=tuple(selector.items()))
