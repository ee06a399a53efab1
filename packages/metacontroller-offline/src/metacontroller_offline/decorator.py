"""DecoratorController: objects of any kind, their attachments by annotation."""

from collections.abc import Mapping

from metacontroller_offline.children import WRITER
from metacontroller_offline.controller import Controller
from metacontroller_offline.errors import ConflictError, NotFoundError
from metacontroller_offline.objects import (
    Manifest,
    annotations,
    controller_of,
    finalizers,
    labels,
    same,
)
from metacontroller_offline.wire import SyncAnswer

OWNED_BY = "metacontroller.k8s.io/decorator-controller"
"""The annotation of an attachment: the name of the controller that made it."""


class DecoratorController(Controller):
    """Syncs objects of the kinds that its resource rules name."""

    def _sync_parent(self, parent: Manifest) -> None:
        observed = self._attachments(parent)
        request: Manifest = {
            "object": parent,
            "attachments": self._object_map(
                parent, (each.kind for each in self.spec.children), observed
            ),
            "related": self._object_map(parent, *self._customize.related(parent)),
        }
        answer = self._ask(parent, request)
        attachments = self._lint.check(parent, answer.children)
        try:
            self._decorate(request, parent, answer)
        except (NotFoundError, ConflictError):
            # The object has changed or gone since: the next sync sees to it.
            return
        if self._may_manage(parent):
            marked = [self._marked(each) for each in attachments]
            self._children.manage(request, parent, observed, marked)

    def _attachments(self, parent: Manifest) -> list[Manifest]:
        uid = parent["metadata"]["uid"]
        return [
            each
            for each in self._owned(parent)
            if (controller_of(each) or {}).get("uid") == uid
            and annotations(each).get(OWNED_BY) == self.spec.name
        ]

    def _marked(self, attachment: Manifest) -> Manifest:
        noted = {**annotations(attachment), OWNED_BY: self.spec.name}
        return {**attachment, "metadata": {**attachment["metadata"], "annotations": noted}}

    def _decorate(self, request: Manifest, parent: Manifest, answer: SyncAnswer) -> None:
        """Set labels, annotations and status on the object; leave what is not named."""
        wanted_labels = _patched(labels(parent), answer.labels)
        wanted_annotations = _patched(annotations(parent), answer.annotations)
        status = parent.get("status") if answer.status is None else answer.status
        status_changed = not same(status, parent.get("status"))
        releases = answer.finalized and self.spec.finalizer in finalizers(parent)
        if (
            not status_changed
            and not releases
            and ((wanted_labels, wanted_annotations) == (labels(parent), annotations(parent)))
        ):
            return
        metadata = {
            **parent["metadata"],
            "labels": wanted_labels,
            "annotations": wanted_annotations,
        }
        wanted = {**parent, "metadata": metadata}
        if status is not None:
            wanted["status"] = status
        if status_changed:
            self._watchdog.status_written(request, parent, status)
            if self._rule(parent).kind.has_status:
                stored = self._cluster.update_status({**parent, "status": status}, by=WRITER)
                metadata["resourceVersion"] = stored["metadata"]["resourceVersion"]
        if releases:
            held = [each for each in finalizers(parent) if each != self.spec.finalizer]
            metadata["finalizers"] = held
        self._cluster.update(wanted, by=WRITER)


def _patched(given: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**given, **changes}
    return {key: value for key, value in merged.items() if value is not None}
