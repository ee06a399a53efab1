"""An object of each kind: with the least that it needs, and with every field."""

from calls import base_dataset, base_model, parent

GIT = {"git": {"url": "https://example.com/x", "branch": "main", "path": "a/b"}}
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
MODEL = parent("Model", "opt", {"source": GIT, "size": {"parameterCount": 10, "parameterBits": 8}})
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
NOTEBOOK = parent("Notebook", "opt", {"modelName": "opt"})
ENV = [
    {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}},
    {"name": "REVISION", "value": "main"},
    {"name": "EMPTY", "value": ""},
]
JOBS = {"env": ENV, "deadlineSeconds": 60, "retries": 2, "queue": "team-a"}


def prioritised(kind):
    """Return the field `patches` that gives the children of a kind an annotation."""
    operation = {"op": "add", "path": "/metadata/annotations/team", "value": "a"}
    if kind == "StatefulSet":
        operation |= {"path": "/spec/template/spec/schedulerName"}
    return {"patches": [{"target": {"kind": kind}, "operations": [operation]}]}


LOADED_DATASET = parent(
    "Dataset",
    "squad",
    {
        "filename": "squad.jsonl",
        "source": {"url": "hf://datasets/rajpurkar/squad", "files": ["*.jsonl"]},
        "env": ENV[:1],
    },
)
PINNED = {
    "git": {
        **GIT["git"],
        "commit": "c0ffee00" * 5,
        "buildSecrets": [{"id": "pip", "secretKeyRef": {"name": "tokens", "key": "pip"}}],
    }
}
FULL_MODEL = parent(
    "Model", "full", {**MODEL["spec"], "source": PINNED, "compute": {"types": ["GPU", "CPU"]}}
)
LOADED_MODEL = parent(
    "Model",
    "llm",
    {
        "source": {"url": "hf://org/name@v1", "files": ["q4.gguf"]},
        "runtime": "llama-cpp",
        **JOBS,
        "env": ENV[:1],
        **prioritised("Job"),
    },
)
GIVEN_MODEL = parent("Model", "given", {"source": {"image": "ghcr.io/team/llama:v1"}})
FULL_DATASET = parent(
    "Dataset",
    "squad",
    {
        **DATASET["spec"],
        **JOBS,
        **prioritised("Job"),
        "command": ["load"],
        "args": ["-v"],
        "source": {"image": "python:3.12"},
    },
)
FULL_TUNED = parent(
    "Model",
    "tuned",
    {
        "source": {"modelName": "opt"},
        "training": {
            "datasetName": "squad",
            "params": {"extra": {"a": "$x", "b": ""}},
            "source": {"image": "trainer:1"},
            "command": ["train"],
            "args": ["-v"],
        },
        "compute": {"accelerator": "nvidia-24gb"},
        "packaging": "Storage",
        **JOBS,
        **prioritised("Job"),
    },
)
TRAINER = parent(
    "Model",
    "tuned",
    {
        "source": {"modelName": "opt"},
        "training": {"datasetName": "squad", "source": PINNED},
        "queue": "team-a",
    },
)
FULL_SERVER = parent(
    "ModelServer",
    "opt",
    {"modelName": "opt", "replicas": 1, "env": ENV, "args": ["-v"], **prioritised("StatefulSet")},
)
FULL_NOTEBOOK = parent(
    "Notebook", "opt", {"modelName": "opt", "env": ENV, **prioritised("StatefulSet")}
)
UPSTREAM = (base_model(), base_dataset())
