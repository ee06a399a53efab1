"""The rules of the customize hooks: which objects a hook must see beside the children."""

from dataclasses import dataclass
from typing import Any

from hooks.manifest import Manifest
from hooks.names import owner_labels, uses_label


@dataclass(frozen=True)
class Rule:
    """A rule for related objects: of one resource, in one namespace, by names or by labels.

    `exists` is the key of a label that they carry, with whatever value.
    """

    api_version: str
    resource: str
    namespace: str
    names: tuple[str, ...] = ()
    match_labels: tuple[tuple[str, str], ...] = ()
    exists: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the rule as Metacontroller reads it, with names or a selector, never both."""
        return {
            "apiVersion": self.api_version,
            "resource": self.resource,
            "namespace": self.namespace,
            **self._selection(),
        }

    def _selection(self) -> dict[str, Any]:
        if self.names:
            return {"names": list(self.names)}
        if self.exists:
            expression = {"key": self.exists, "operator": "Exists"}
            return {"labelSelector": {"matchExpressions": [expression]}}
        return {"labelSelector": {"matchLabels": dict(self.match_labels)}}


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


def users(parent: Manifest) -> list[Rule]:
    """Return the rules for whatever mounts a result of the parent, a Model."""
    metadata = parent["metadata"]
    key, namespace = uses_label(metadata["name"]), metadata["namespace"]
    return [
        Rule(api_version, resource, namespace, exists=key)
        for api_version, resource in (
            ("v1", "pods"),
            ("apps/v1", "statefulsets"),
            ("batch/v1", "jobs"),
        )
    ]


def _own(parent: Manifest, api_version: str, resource: str) -> Rule:
    metadata = parent["metadata"]
    selector = owner_labels(parent["kind"], metadata["name"])
    return Rule(api_version, resource, metadata["namespace"], match_labels=tuple(selector.items()))
