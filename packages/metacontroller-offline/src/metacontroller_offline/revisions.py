"""The revision history of parents whose children are updated one by one: ControllerRevisions."""

import copy
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1

from metacontroller_offline.manifests import ControllerSpec
from metacontroller_offline.objects import (
    Json,
    Manifest,
    controller_reference,
    dumps,
    group_of,
    ref,
    same,
)
from metacontroller_offline.rollouts import Revision, Rollout, relative_key
from metacontroller_offline.store import Cluster
from metacontroller_offline.wire import SyncAnswer

WRITER = "metacontroller"
_API = "metacontroller.k8s.io/v1alpha1"
_NAME_LIMIT = 212


class Revisions:
    """Asks the hook for each revision of a parent, and makes one answer of all.

    Args:
        cluster: where the ControllerRevisions are.
        spec: the controller.
        ask: calls the sync hook for a parent; its children are checked.
    """

    def __init__(
        self, cluster: Cluster, spec: ControllerSpec, ask: Callable[[Manifest], SyncAnswer]
    ) -> None:
        self._cluster = cluster
        self._spec = spec
        self._ask = ask

    def sync(self, parent: Manifest, observed: list[Manifest]) -> SyncAnswer:
        """Return what the revisions of a parent want together.

        Raises:
            HookError: the hook failed for one of them.
        """
        stored = self._stored(parent)
        revisions = self._revisions(parent, stored)
        for each in revisions:
            each.answer = self._ask(each.parent)
            each.desired = {
                relative_key(parent, child): child
                for child in each.answer.children
                if child is not None
            }
        rollout = Rollout(self._spec.children, observed)
        status = rollout.advance(revisions)
        kept = [each for each in revisions if each is revisions[0] or any(each.names())]
        self._manage(stored, [each.manifest for each in kept])
        desired = dict(revisions[0].desired)
        for older in kept[1:]:
            for key in older.names():
                if key in desired and key in older.desired:
                    desired[key] = older.desired[key]
        return replace(
            revisions[0].answer,
            status=status,
            children=list(desired.values()),
            finalized=all(each.answer.finalized for each in kept),
        )

    def _stored(self, parent: Manifest) -> list[Manifest]:
        return [
            each
            for each in self._cluster.dependents(parent["metadata"]["uid"])
            if (each["apiVersion"], each["kind"]) == (_API, "ControllerRevision")
        ]

    def _revisions(self, parent: Manifest, stored: list[Manifest]) -> list[Revision]:
        paths = self._spec.revision_paths
        patch = _picked(parent, paths)
        latest = next((each for each in stored if same(each["parentPatch"], patch)), None)
        older = [
            Revision(_patched(parent, each["parentPatch"], paths), each)
            for each in stored
            if each is not latest
        ]
        return [Revision(parent, latest or self._made(parent, patch)), *older]

    def _made(self, parent: Manifest, patch: Manifest) -> Manifest:
        kind = self._spec.parents[0].kind
        group = group_of(kind.api_version)
        written = dumps(patch)
        digest = sha1(f"{parent['metadata']['uid']}{written}".encode()).hexdigest()  # noqa: S324 - a name
        if self._spec.generate_selector:
            labels = {"controller-uid": parent["metadata"]["uid"]}
        else:
            template = (parent.get("spec") or {}).get("template") or {}
            labels = (template.get("metadata") or {}).get("labels") or {}
        namespace = parent["metadata"].get("namespace")
        return {
            "apiVersion": _API,
            "kind": "ControllerRevision",
            "metadata": {
                "name": f"{f'{kind.resource}.{group}'[:_NAME_LIMIT]}-{digest}",
                **({"namespace": namespace} if namespace else {}),
                "labels": {
                    **labels,
                    "metacontroller.k8s.io/apiGroup": group,
                    "metacontroller.k8s.io/resource": kind.resource,
                },
                "ownerReferences": [controller_reference(parent)],
            },
            "parentPatch": patch,
        }

    def _manage(self, stored: list[Manifest], wanted: list[Manifest]) -> None:
        names = {ref(each) for each in wanted}
        for each in stored:
            if ref(each) not in names:
                self._cluster.delete(ref(each), by=WRITER)
        there = {ref(each) for each in stored}
        for each in wanted:
            write = self._cluster.update if ref(each) in there else self._cluster.create
            write(each, by=WRITER)


def _at(value: Json, names: list[str]) -> Json:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _set(value: Manifest, names: list[str], found: Json) -> None:
    for name in names[:-1]:
        value = value.setdefault(name, {})
    value[names[-1]] = copy.deepcopy(found)


def _picked(parent: Manifest, paths: tuple[str, ...]) -> Manifest:
    """Return the fields of a parent that are part of its history."""
    patch: Manifest = {}
    return _patched(patch, parent, paths)


def _patched(parent: Manifest, patch: Manifest, paths: tuple[str, ...]) -> Manifest:
    """Return a parent with the fields of one of its revisions."""
    found = copy.deepcopy(parent)
    for path in paths:
        value = _at(patch, path.split("."))
        if value is not None:
            _set(found, path.split("."), value)
    return found
