"""Every kind at every stage, as a real Metacontroller would find it.

Each stage follows from the one before: the hook is asked, its answer is stored as the API server
would store it, and the world moves on by one step.
"""

from collections.abc import Iterator
from functools import cache

from calls import base_model, completed, failed, parent
from fake_cluster import Stage
from objects import (
    DATASET,
    FULL_DATASET,
    FULL_MODEL,
    FULL_NOTEBOOK,
    FULL_SERVER,
    FULL_TUNED,
    GIVEN_MODEL,
    LOADED_DATASET,
    LOADED_MODEL,
    MODEL,
    NOTEBOOK,
    SERVER,
    TRAINER,
    TUNED,
    UPSTREAM,
)

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


@cache
def named() -> dict[str, Stage]:
    """Return stages with Pods in trouble and upstreams that are gone, by what they are."""
    return {
        **datasets(),
        **models(),
        **trained_models(),
        **servers(),
        **notebooks(),
        **with_every_field(),
    }


def with_every_field() -> dict[str, Stage]:
    """Return objects that use every optional field, before and after they are answered."""
    stages = {}
    kinds = {
        "Dataset": FULL_DATASET,
        "Model from git": FULL_MODEL,
        "Model": FULL_TUNED,
        "Model with a trainer": TRAINER,
        "ModelServer": FULL_SERVER,
        "Notebook": FULL_NOTEBOOK,
    }
    for kind, parent_ in kinds.items():
        first = Stage(parent_, related=UPSTREAM)
        stages[f"a {kind} with every field"] = first
        stages[f"a {kind} with every field, applied"] = first.after()
    return stages


def datasets() -> dict[str, Stage]:
    """Return the stages of a Dataset."""
    git = {"url": "https://example.com/squad", "branch": "main", "path": "data"}
    spec = {"filename": "squad.jsonl", "source": {"git": git}}
    first = Stage(parent("Dataset", "squad", spec)).with_annotations(retry="1")
    building = first.after()
    loading = building.completed("build").after()
    ready = loading.completed("load").after()
    return {
        "a new Dataset": first,
        "a Dataset that is built": building.with_pod("Job", PULLING),
        "a Dataset whose build failed": building.failed("build").after().with_pod("Job", CRASHED),
        "a Dataset that loads": loading.with_pod("Job", UNSCHEDULABLE),
        "a Dataset that is ready": ready,
        "a Dataset whose claim is gone": ready.only(),
        "a Dataset that breaks a rule": ready.edited(filename="../squad"),
        "a Dataset that is loaded from an address": Stage(LOADED_DATASET).after(),
        "a Dataset with another file": ready.edited(filename="train.jsonl"),
    }


def models() -> dict[str, Stage]:
    """Return the stages of a Model that is built from git."""
    spec = {
        "source": {"git": {"url": "https://example.com/opt"}},
        "size": {"parameterCount": 7_000_000_000, "parameterBits": 16},
        "compute": {"types": ["GPU", "CPU"]},
    }
    first = Stage(parent("Model", "opt", spec)).with_annotations(rebuild="1")
    building = first.after()
    ready = building.completed("build").after()
    server = servers()["a ModelServer that serves"].children[0]
    return {
        "a Model that is loaded from an address": Stage(LOADED_MODEL).after(),
        "a Model whose weights are loaded": Stage(LOADED_MODEL).settled(),
        "a Model of an image that is given": Stage(GIVEN_MODEL).after(),
        "a new Model": first,
        "a Model that is built": building.with_pod("Job", PULLING),
        "a Model whose build failed": building.failed("build").after(),
        "a Model that is ready": ready,
        "a Model that is served": ready.seeing(server),
    }


def trained_models() -> dict[str, Stage]:
    """Return the stages of a Model that is trained."""
    spec = {
        "source": {"modelName": "opt"},
        "training": {"datasetName": "squad", "params": {"epochs": 2, "batchSize": 4}},
        "size": {"parameterCount": 7_000_000_000, "parameterBits": 16},
        "compute": {"types": ["GPU"]},
    }
    first = Stage(parent("Model", "tuned", spec), related=UPSTREAM)
    training = first.after()
    packaging = training.completed("train").after()
    ready = packaging.completed("package").after()
    other = {"datasetName": "squad", "params": {"epochs": 9}}
    stored = first.edited(packaging="Storage").after().completed("train").after()
    return {
        "a trained Model without its base": first.seeing(),
        "a new trained Model": first,
        "a Model that trains": training.with_pod("Job", CRASHED),
        "a Model whose training failed": training.failed("train").after(),
        "a Model that is packaged": packaging,
        "a Model whose packaging failed": packaging.failed("package").after(),
        "a trained Model that is ready": ready,
        "a trained Model whose base is gone": ready.seeing(),
        "a trained Model on storage": stored,
        "a trained Model on storage whose claim is gone": stored.only("Job"),
        "a trained Model on storage that is asked for as an image": stored.edited(
            packaging="Image"
        ),
        "a trained Model that is asked for on storage": ready.edited(packaging="Storage"),
        "a trained Model with other parameters": ready.edited(training=other).after(),
    }


def servers() -> dict[str, Stage]:
    """Return the stages of a ModelServer."""
    first = Stage(parent("ModelServer", "opt", {"modelName": "opt"}), related=(base_model(),))
    starting = first.after()
    serving = starting.up().after()
    address = f"pvc://opt-model-{'a' * 10}/team/opt/{'a' * 32}/model/trained"
    on_storage = base_model()
    on_storage["status"]["url"] = address
    stored = first.seeing(on_storage).after().up().after()
    taken = {**on_storage, "status": {**on_storage["status"], "mountedBy": ["Model/tuned"]}}
    return {
        "a ModelServer without a Model": first.seeing(),
        "a new ModelServer": first,
        "a ModelServer that starts": starting.with_pod("StatefulSet", CRASHED),
        "a ModelServer that serves": serving,
        "a ModelServer whose Model is gone": serving.seeing(),
        "a ModelServer of weights on storage": stored,
        "a ModelServer whose Model is gone with its weights": stored.seeing(),
        "a ModelServer of weights that another has": first.seeing(taken),
        "a ModelServer that is to share weights": stored.edited(replicas=3),
        "a ModelServer of a Model that was built again": serving.seeing(
            base_model(tag="bbbbbbbbbb")
        ),
    }


def notebooks() -> dict[str, Stage]:
    """Return the stages of a Notebook."""
    tuned = trained_models()["a trained Model that is ready"].parent
    first = Stage(parent("Notebook", "tuned", {"modelName": "tuned"}), related=(tuned,))
    starting = first.after()
    running = starting.up().after()
    return {
        "a Notebook without a Model": first.seeing(),
        "a new Notebook": first,
        "a Notebook that starts": starting.with_pod("StatefulSet", UNSCHEDULABLE),
        "a Notebook that runs": running,
        "a Notebook that is suspended": running.edited(suspend=True).after(),
        "a Notebook whose Model is gone": running.seeing(),
        "a Notebook of which the claim alone is left": running.only("PersistentVolumeClaim"),
    }


@cache
def of_runs() -> dict[str, Stage]:
    """Return the stages of every kind from its first request until no Job is left to complete."""
    starts = {
        "a Dataset": Stage(DATASET),
        "a Model": Stage(MODEL),
        "a trained Model alone": Stage(TUNED),
        "a ModelServer alone": Stage(SERVER),
        "a Notebook alone": Stage(NOTEBOOK),
        "a trained Model": Stage(TUNED, related=UPSTREAM),
        "a ModelServer": Stage(SERVER, related=UPSTREAM),
        "a Notebook": Stage(NOTEBOOK, related=UPSTREAM),
        "a full Dataset": Stage(FULL_DATASET),
        "a Dataset from an address": Stage(LOADED_DATASET),
        "a Model from an address": Stage(LOADED_MODEL),
        "a full Model": Stage(FULL_TUNED, related=UPSTREAM),
        "a full Model from git": Stage(FULL_MODEL),
        "a Model with a trainer": Stage(TRAINER, related=UPSTREAM),
        "a full ModelServer": Stage(FULL_SERVER, related=UPSTREAM),
        "a full Notebook": Stage(FULL_NOTEBOOK, related=UPSTREAM),
    }
    return {
        f"{what}, stage {number}": stage
        for what, first in starts.items()
        for number, stage in enumerate(run(first))
    }


def run(stage: Stage) -> Iterator[Stage]:
    """Yield each stage: new children, then the first Job that waits failed, then complete."""
    before = None
    while stage != before:
        yield stage
        new = [
            child for child in stage.children if child["kind"] == "Job" and "status" not in child
        ]
        if new:
            yield stage.replacing(failed(new[0]))
            stage = stage.replacing(completed(new[0]))
        before, stage = stage, stage.synced().up()
