"""CompositeController: a parent, its children by label selector, its whole status."""

from dataclasses import replace
from functools import partial

from metacontroller_offline.children import WRITER
from metacontroller_offline.controller import Controller
from metacontroller_offline.errors import HookError, NeverConverges, NotFoundError, Where
from metacontroller_offline.objects import (
    Json,
    Manifest,
    controller_of,
    controller_reference,
    differences,
    is_deleting,
    labels,
    owner_references,
    ref,
    same,
    without,
)
from metacontroller_offline.revisions import Revisions
from metacontroller_offline.selectors import Selector, SelectorError, parse_selector
from metacontroller_offline.wire import SyncAnswer

CONTROLLER_UID = "controller-uid"
"""The label by which a generated selector finds a parent's children."""


class CompositeController(Controller):
    """Syncs parents of one kind."""

    def _sync_parent(self, parent: Manifest) -> None:
        selector = self._selector(parent)
        observed = self._claim(parent, selector)
        request = self._request(parent, observed)
        if self.spec.is_rolling and self._may_manage(parent):
            ask = partial(self._checked, observed)
            answer = Revisions(self._cluster, self.spec, ask).sync(parent, observed)
        else:
            answer = self._checked(observed, parent)
        children = [each for each in answer.children if each is not None]
        if answer.finalized:
            parent = self._without_finalizer(parent)
        children = [self._selected(child, parent, selector) for child in children]
        refused: HookError | None = None
        if self._may_manage(parent):
            try:
                self._children.manage(request, parent, observed, children)
            except HookError as error:
                # The status is written whatever became of the children.
                refused = error
        self._write_status(request, parent, answer.status)
        if refused is not None:
            raise refused

    def _request(self, parent: Manifest, observed: list[Manifest]) -> Manifest:
        kinds = (each.kind for each in self.spec.children)
        return {
            "parent": parent,
            "children": self._object_map(parent, kinds, observed),
            "related": self._object_map(parent, *self._customize.related(parent)),
        }

    def _checked(self, observed: list[Manifest], parent: Manifest) -> SyncAnswer:
        """Ask the hook about a parent, or one of its revisions; return an answer without faults."""
        answer = self._ask(parent, self._request(parent, observed))
        return replace(answer, children=[*self._lint.check(parent, answer.children)])

    def _selector(self, parent: Manifest) -> Selector:
        if self.spec.generate_selector:
            return Selector({CONTROLLER_UID: parent["metadata"]["uid"]})
        selector = parse_selector((parent.get("spec") or {}).get("selector"))
        if selector.is_empty:
            raise HookError(
                ".spec.selector must have either matchLabels, matchExpressions, or both"
            )
        return selector

    def _selected(self, child: Manifest, parent: Manifest, selector: Selector) -> Manifest:
        metadata = child["metadata"]
        given = metadata.get("labels", {})
        if not _are_strings(given):
            raise HookError(
                f"invalid labels on desired child {ref(child)}: .metadata.labels is not a map of "
                f"strings: {given!r}"
            )
        if self.spec.generate_selector and CONTROLLER_UID not in given:
            given = {**given, CONTROLLER_UID: parent["metadata"]["uid"]}
            child = {**child, "metadata": {**metadata, "labels": given}}
        if not selector.matches(given):
            raise HookError(f"labels on desired child {ref(child)} don't match parent selector")
        return child

    # Which objects are children.

    def _claim(self, parent: Manifest, selector: Selector) -> list[Manifest]:
        """Return the parent's children; adopt what matches, release what no longer does."""
        claimed = []
        for child in self._owned(parent):
            if not _controls(parent, child):
                continue
            if selector.matches(labels(child)):
                claimed.append(child)
            elif not is_deleting(parent):
                self._set_owners(child, _others(parent, child))
        if not is_deleting(parent):
            claimed += self._adopt(parent, selector)
        return claimed

    def _adopt(self, parent: Manifest, selector: Selector) -> list[Manifest]:
        namespace = parent["metadata"].get("namespace")
        orphans = [
            each
            for rule in self.spec.children
            for each in self._cache.list(rule.kind.api_version, rule.kind.kind, namespace, selector)
            if controller_of(each) is None and not is_deleting(each)
        ]
        return [
            self._set_owners(each, [*_others(parent, each), controller_reference(parent)])
            for each in orphans
        ]

    def _set_owners(self, child: Manifest, owners: list[Manifest]) -> Manifest:
        metadata = {**child["metadata"], "ownerReferences": owners}
        return self._cluster.update({**child, "metadata": metadata}, by=WRITER)

    def _on_orphan(self, child: Manifest) -> None:
        if self.spec.generate_selector:
            self._offer(child, labels(child).get(CONTROLLER_UID))
            return
        rule = self.spec.parents[0]
        namespace = child["metadata"].get("namespace") if rule.kind.namespaced else None
        for parent in self._cache.list(rule.kind.api_version, rule.kind.kind, namespace):
            try:
                selector = self._selector(parent)
            except (HookError, SelectorError):
                continue
            if selector.matches(labels(child)):
                self.enqueue(parent)

    def _offer(self, child: Manifest, uid: str | None) -> None:
        parent = self._cache.read_uid(uid) if uid else None
        if parent is None or (parent["apiVersion"], parent["kind"]) not in self._parents:
            return
        if parent["metadata"].get("namespace") in {None, child["metadata"].get("namespace")}:
            self.enqueue(parent)

    # The status.

    def _write_status(self, request: Manifest, parent: Manifest, status: Json) -> None:
        wanted = {**(status or {}), "observedGeneration": parent["metadata"]["generation"]}
        current = self._cluster.read(ref(parent))
        if current is None or current["metadata"]["uid"] != parent["metadata"]["uid"]:
            return
        if same(current.get("status"), wanted):
            return
        try:
            stored = self._cluster.update_status({**current, "status": wanted}, by=WRITER)
        except NotFoundError:
            return
        self._expect_stored(parent, wanted, stored.get("status") or {})
        self._watchdog.status_written(request, parent, wanted)

    def _expect_stored(self, parent: Manifest, wanted: Manifest, stored: Manifest) -> None:
        # Metacontroller adds observedGeneration; a schema without it drops it, at no harm.
        given, kept = without(wanted, "observedGeneration"), without(stored, "observedGeneration")
        if same(given, kept):
            return
        field = next(differences(kept, given, "status"), "status")
        defect = NeverConverges(
            Where(self.name, ref(parent), field=field),
            "The API server stores the status differently: the field is not in the CRD's "
            "schema, is null, or is a float without a fraction.",
        )
        self._context.checks.found(defect)


def _are_strings(labels: Json) -> bool:
    return isinstance(labels, dict) and all(isinstance(each, str) for each in labels.values())


def _controls(parent: Manifest, child: Manifest) -> bool:
    owner = controller_of(child)
    return owner is not None and owner["uid"] == parent["metadata"]["uid"]


def _others(parent: Manifest, child: Manifest) -> list[Manifest]:
    uid = parent["metadata"]["uid"]
    return [each for each in owner_references(child) if each["uid"] != uid]
