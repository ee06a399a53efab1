"""Requests of every kind at every stage, as a real Metacontroller would send them.

Each stage follows from the one before: the hook is asked, its answer is stored as the API server
would store it, and the world moves on by one step.
"""

from typing import Any, NamedTuple

from calls import base_dataset, base_model, completed, failed, parent, request, stored, sync
from stages import FULL_DATASET, FULL_NOTEBOOK, FULL_SERVER, FULL_TUNED

Manifest = dict[str, Any]

UP = {
    "observedGeneration": 1,
    "replicas": 1,
    "readyReplicas": 1,
    "updatedReplicas": 1,
    "currentRevision": "r-1",
    "updateRevision": "r-1",
}


class Stage(NamedTuple):
    """A parent and all that its sync hook is told of it."""

    parent: Manifest
    children: list[Manifest]
    related: list[Manifest]

    def request(self) -> Manifest:
        """Return the request of the sync hook."""
        return request(*self)


def after(stage: Stage) -> Stage:
    """Return the stage once Metacontroller has applied the hook's answer."""
    answered = sync(*stage)
    found = {_identity(each): each for each in stage.children}
    children = [
        found.get(_identity(each)) or stored(each, stage.parent) for each in answered["children"]
    ]
    return stage._replace(
        parent={**stage.parent, "status": answered["status"]},
        children=[_running(each) for each in children],
    )


def with_jobs(stage: Stage, step: str, change: Any) -> Stage:
    """Return the stage with the Jobs of a step changed."""
    children = [
        change(each) if each["metadata"]["labels"].get("substratus.ai/step") == step else each
        for each in stage.children
    ]
    return stage._replace(
        children=[
            new if new["kind"] == "Job" else old
            for new, old in zip(children, stage.children, strict=True)
        ]
    )


def with_pod(stage: Stage, owner_kind: str, status: Manifest) -> Stage:
    """Return the stage with a Pod of its last child of a kind."""
    owner = [each for each in stage.children if each["kind"] == owner_kind][-1]
    return stage._replace(related=[*stage.related, pod_of(owner, status)])


def pod_of(owner: Manifest, status: Manifest) -> Manifest:
    """Return a Pod of a Job or StatefulSet."""
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


def every() -> dict[str, Stage]:
    """Return every stage, by its name."""
    bare = {**datasets(), **models(), **trained_models(), **servers(), **notebooks()}
    return {**bare, **with_every_field()}


def with_every_field() -> dict[str, Stage]:
    """Return objects that use every optional field, before and after they are answered."""
    upstream = [base_model(), base_dataset()]
    found = {}
    for each in (FULL_DATASET, FULL_TUNED, FULL_SERVER, FULL_NOTEBOOK):
        first = Stage(each, [], upstream)
        found[f"a {each['kind']} with every field"] = first
        found[f"a {each['kind']} with every field, applied"] = after(first)
    return found


def datasets() -> dict[str, Stage]:
    """Return the stages of a Dataset."""
    git = {"url": "https://example.com/squad", "branch": "main", "path": "data"}
    spec = {"filename": "squad.jsonl", "source": {"git": git}}
    first = Stage(
        parent("Dataset", "squad", spec, annotations={"substratus.ai/retry": "1"}), [], []
    )
    building = after(first)
    loading = after(with_jobs(building, "build", completed))
    ready = after(with_jobs(loading, "load", completed))
    return {
        "a new Dataset": first,
        "a Dataset that is built": with_pod(building, "Job", PULLING),
        "a Dataset whose build failed": with_pod(
            after(with_jobs(building, "build", failed)), "Job", CRASHED
        ),
        "a Dataset that loads": with_pod(loading, "Job", UNSCHEDULABLE),
        "a Dataset that is ready": ready,
        "a Dataset whose claim is gone": ready._replace(children=ready.children[:0]),
        "a Dataset that breaks a rule": _edited(ready, filename="../squad"),
        "a Dataset with another file": _edited(ready, filename="train.jsonl"),
    }


def models() -> dict[str, Stage]:
    """Return the stages of a Model that is built from git."""
    spec = {
        "source": {"git": {"url": "https://example.com/opt"}},
        "size": {"parameterCount": 7_000_000_000, "parameterBits": 16},
        "compute": {"types": ["GPU", "CPU"]},
    }
    first = Stage(parent("Model", "opt", spec, annotations={"substratus.ai/rebuild": "1"}), [], [])
    building = after(first)
    ready = after(with_jobs(building, "build", completed))
    server = servers()["a ModelServer that serves"].children[0]
    return {
        "a new Model": first,
        "a Model that is built": with_pod(building, "Job", PULLING),
        "a Model whose build failed": after(with_jobs(building, "build", failed)),
        "a Model that is ready": ready,
        "a Model that is served": ready._replace(related=[server]),
    }


def trained_models() -> dict[str, Stage]:
    """Return the stages of a Model that is trained."""
    spec = {
        "source": {"modelName": "opt"},
        "training": {"datasetName": "squad", "params": {"epochs": 2, "batchSize": 4}},
        "size": {"parameterCount": 7_000_000_000, "parameterBits": 16},
        "compute": {"types": ["GPU"]},
    }
    first = Stage(parent("Model", "tuned", spec), [], [base_model(), base_dataset()])
    training = after(first)
    packaging = after(with_jobs(training, "train", completed))
    ready = after(with_jobs(packaging, "package", completed))
    return {
        "a trained Model without its base": first._replace(related=[]),
        "a new trained Model": first,
        "a Model that trains": with_pod(training, "Job", CRASHED),
        "a Model whose training failed": after(with_jobs(training, "train", failed)),
        "a Model that is packaged": packaging,
        "a Model whose packaging failed": after(with_jobs(packaging, "package", failed)),
        "a trained Model that is ready": ready,
        "a trained Model whose base is gone": ready._replace(related=[]),
        "a trained Model with other parameters": after(
            _edited(ready, training={"datasetName": "squad", "params": {"epochs": 9}})
        ),
    }


def servers() -> dict[str, Stage]:
    """Return the stages of a ModelServer."""
    first = Stage(parent("ModelServer", "opt", {"modelName": "opt"}), [], [base_model()])
    starting = after(first)
    serving = after(_up(starting))
    return {
        "a ModelServer without a Model": first._replace(related=[]),
        "a new ModelServer": first,
        "a ModelServer that starts": with_pod(starting, "StatefulSet", CRASHED),
        "a ModelServer that serves": serving,
        "a ModelServer whose Model is gone": serving._replace(related=[]),
        "a ModelServer of a Model that was built anew": serving._replace(
            related=[base_model(tag="bbbbbbbbbb")]
        ),
    }


def notebooks() -> dict[str, Stage]:
    """Return the stages of a Notebook."""
    tuned = trained_models()["a trained Model that is ready"].parent
    tuned = {**tuned, "status": {**tuned["status"], "observedGeneration": 1}}
    first = Stage(parent("Notebook", "tuned", {"modelName": "tuned"}), [], [tuned])
    starting = after(first)
    running = after(_up(starting))
    return {
        "a Notebook without a Model": first._replace(related=[]),
        "a new Notebook": first,
        "a Notebook that starts": with_pod(starting, "StatefulSet", UNSCHEDULABLE),
        "a Notebook that runs": running,
        "a Notebook that is suspended": after(_edited(running, suspend=True)),
        "a Notebook whose Model is gone": running._replace(related=[]),
        "a Notebook of which the claim alone is left": running._replace(
            children=[e for e in running.children if e["kind"] == "PersistentVolumeClaim"]
        ),
    }


PULLING = {
    "phase": "Pending",
    "containerStatuses": [
        {
            "name": "main",
            "ready": False,
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "manifest unknown"}},
        }
    ],
}
CRASHED = {
    "phase": "Failed",
    "containerStatuses": [
        {
            "name": "main",
            "ready": False,
            "state": {"terminated": {"exitCode": 1, "reason": "Error", "message": "no data\n"}},
        }
    ],
}
UNSCHEDULABLE = {
    "phase": "Pending",
    "conditions": [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
        }
    ],
}


def _identity(each: Manifest) -> tuple[str, str]:
    return each["kind"], each["metadata"]["name"]


def _running(child: Manifest) -> Manifest:
    return {**child, "status": {"active": 1}} if _is_new_job(child) else child


def _is_new_job(child: Manifest) -> bool:
    return child["kind"] == "Job" and "status" not in child


def _up(stage: Stage) -> Stage:
    return stage._replace(
        children=[
            {**each, "status": dict(UP)} if each["kind"] == "StatefulSet" else each
            for each in stage.children
        ]
    )


def _edited(stage: Stage, **spec: Any) -> Stage:
    found = stage.parent
    metadata = {**found["metadata"], "generation": found["metadata"]["generation"] + 1}
    return stage._replace(parent={**found, "metadata": metadata, "spec": {**found["spec"], **spec}})
