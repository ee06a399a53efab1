"""Requests of every kind at every stage, made by answering and applying the answers."""

import copy

from calls import (
    base_dataset,
    base_model,
    completed,
    failed,
    parent,
    request,
    stored,
    sync,
)

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
        operation |= {"path": "/spec/template/spec/priorityClassName"}
    return {"patches": [{"target": {"kind": kind}, "operations": [operation]}]}


FULL_DATASET = parent("Dataset", "squad", {**DATASET["spec"], **JOBS, **prioritised("Job")})
FULL_TUNED = parent(
    "Model",
    "tuned",
    {
        "source": {"modelName": "opt"},
        "training": {"datasetName": "squad", "params": {"extra": {"a": "$x", "b": ""}}},
        "compute": {"accelerator": "nvidia-24gb"},
        **JOBS,
        **prioritised("Job"),
    },
)
FULL_SERVER = parent(
    "ModelServer",
    "opt",
    {"modelName": "opt", "replicas": 1, "env": ENV, **prioritised("StatefulSet")},
)
FULL_NOTEBOOK = parent(
    "Notebook", "opt", {"modelName": "opt", "env": ENV, **prioritised("StatefulSet")}
)
UP = {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1}
UPSTREAM = [base_model(), base_dataset()]


def applied(found, answered, children=()):
    """Return the children of an answer as a cluster stores them; those that exist stay."""
    known = {(each["kind"], each["metadata"]["name"]): each for each in children}
    return [
        known.get((each["kind"], each["metadata"]["name"]))
        or stored(each, found, **(UP if each["kind"] == "StatefulSet" else {}))
        for each in answered["children"]
    ]


def run(found, upstream=()):
    """Yield the parent and its children at each stage, until no Job is left to complete."""
    children = []
    yield found, children
    while True:
        answered = sync(found, children, upstream)
        children = applied(found, answered, children)
        status = {**answered["status"], "observedGeneration": found["metadata"]["generation"]}
        found = {**found, "status": status}
        yield found, children
        waiting = [each for each in children if each["kind"] == "Job" and "status" not in each]
        if not waiting:
            if sync(found, children, upstream)["status"]["conditions"] == status["conditions"]:
                return
            continue
        broken = [failed(each) if each is waiting[0] else each for each in children]
        yield found, broken
        children = [completed(each) if each is waiting[0] else each for each in children]


def every_stage():
    """Return the requests of all kinds at all stages."""
    return [
        copy.deepcopy(request(found, children, [*upstream, *children]))
        for start, upstream in (
            (DATASET, ()),
            (MODEL, ()),
            (TUNED, ()),
            (TUNED, UPSTREAM),
            (SERVER, ()),
            (SERVER, UPSTREAM),
            (NOTEBOOK, ()),
            (NOTEBOOK, UPSTREAM),
            (FULL_DATASET, ()),
            (FULL_TUNED, UPSTREAM),
            (FULL_SERVER, UPSTREAM),
            (FULL_NOTEBOOK, UPSTREAM),
        )
        for found, children in run(start, upstream)
    ]
