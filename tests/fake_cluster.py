"""A cluster of one parent: its hook is asked, its answer is stored, and Jobs and Pods move on.

A stage is a value, and each of its methods returns another. What Metacontroller, the API server
and the kubelet do beyond that, packages/metacontroller-offline does.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from calls import NOW, answer, completed, edited, failed, request, stored

Manifest = dict[str, Any]

UP = {
    "observedGeneration": 1,
    "replicas": 1,
    "readyReplicas": 1,
    "updatedReplicas": 1,
    "currentRevision": "r-1",
    "updateRevision": "r-1",
}
MADE = "2026-01-02T03:00:00Z"


def identity(manifest: Manifest) -> tuple[str, str]:
    return manifest["kind"], manifest["metadata"]["name"]


class Stage(NamedTuple):
    """A parent, its children, and what else its sync hook gets to see."""

    parent: Manifest
    children: tuple[Manifest, ...] = ()
    related: tuple[Manifest, ...] = ()

    def request(self) -> Manifest:
        """Return the request of the sync hook."""
        return request(self.parent, self.children, [*self.related, *self.children])

    def answer(self, *, settings=None, now=NOW) -> Manifest:
        """Return the answer of the sync hook."""
        return answer(self.request(), settings=settings, now=now)

    def synced(self, *, settings=None, now=NOW, made=MADE) -> "Stage":
        """Return the stage once Metacontroller has applied the answer; what exists stays as it is.

        Args:
            settings: the hooks' settings.
            now: when the hook is asked.
            made: when the new children are made.
        """
        answered = self.answer(settings=settings, now=now)
        known = {identity(child): child for child in self.children}
        children = [
            known.get(identity(child)) or stored(child, self.parent, made=made)
            for child in answered["children"]
        ]
        generation = self.parent["metadata"]["generation"]
        status = {**answered["status"], "observedGeneration": generation}
        return self._replace(parent={**self.parent, "status": status}, children=tuple(children))

    def started(self) -> "Stage":
        """Return the stage once the Pods of new Jobs run."""
        return self.each("Job", lambda job: job if "status" in job else with_status(job, active=1))

    def after(self) -> "Stage":
        """Return the stage once Metacontroller has applied the answer, and new Jobs run."""
        return self.synced().started()

    def up(self) -> "Stage":
        """Return the stage once new StatefulSets have a Pod that is ready."""
        return self.each(
            "StatefulSet", lambda child: child if "status" in child else with_status(child, **UP)
        )

    def completed(self, step: str | None = None) -> "Stage":
        """Return the stage once its Jobs, or those of a step, have succeeded."""
        return self.each("Job", completed, step)

    def failed(self, step: str | None = None) -> "Stage":
        """Return the stage once its Jobs, or those of a step, have failed."""
        return self.each("Job", failed, step)

    def settled(self, *, settings=None) -> "Stage":
        """Return the stage once all Jobs that come have succeeded, and all servers are up."""
        stage = self
        while (later := stage.synced(settings=settings).completed().up()) != stage:
            stage = later
        return stage

    def each(
        self, kind: str, change: Callable[[Manifest], Manifest], step: str | None = None
    ) -> "Stage":
        """Return the stage with the children of a kind changed, or with those of a step of it."""
        return self._replace(
            children=tuple(
                change(child) if child["kind"] == kind and step in {None, step_of(child)} else child
                for child in self.children
            )
        )

    def replacing(self, changed: Manifest) -> "Stage":
        """Return the stage with one child as it is now."""
        return self.each(
            changed["kind"],
            lambda child: changed if identity(child) == identity(changed) else child,
        )

    def only(self, *kinds: str) -> "Stage":
        """Return the stage with the children of some kinds alone."""
        kept = tuple(child for child in self.children if child["kind"] in kinds)
        return self._replace(children=kept)

    def edited(self, **spec: Any) -> "Stage":
        """Return the stage after an edit of the parent's spec."""
        return self._replace(parent=edited(self.parent, **spec))

    def with_annotations(self, **annotations: str) -> "Stage":
        """Return the stage with more annotations `substratus.ai/<key>` on the parent."""
        metadata = self.parent["metadata"]
        every = {**metadata.get("annotations", {})}
        every |= {f"substratus.ai/{key}": value for key, value in annotations.items()}
        return self._replace(parent={**self.parent, "metadata": {**metadata, "annotations": every}})

    def seeing(self, *related: Manifest) -> "Stage":
        """Return the stage with other objects beside the parent and its children."""
        return self._replace(related=related)

    def with_pod(self, kind: str, status: Manifest) -> "Stage":
        """Return the stage with a Pod of its last child of a kind."""
        owner = [child for child in self.children if child["kind"] == kind][-1]
        return self.seeing(*self.related, pod_of(owner, status))


def with_status(child: Manifest, **status: Any) -> Manifest:
    return {**child, "status": status}


def step_of(child: Manifest) -> str:
    return child["metadata"]["labels"].get("substratus.ai/step", "")


def pod_of(owner: Manifest, status: Manifest) -> Manifest:
    """Return a Pod of a Job or a StatefulSet."""
    metadata = {
        "name": f"{owner['metadata']['name']}-0",
        "namespace": owner["metadata"]["namespace"],
        "uid": "uid-of-pod",
        "labels": dict(owner["metadata"]["labels"]),
        "creationTimestamp": "2026-01-02T03:04:00Z",
        "ownerReferences": [{"kind": owner["kind"], "uid": owner["metadata"]["uid"]}],
    }
    container = {"name": "main", "image": "registry/image:1"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [container]},
        "status": status,
    }
