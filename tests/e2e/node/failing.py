"""Objects that fail on a real node, and what a person reads of it."""

import json
from pathlib import Path

from cluster import Cluster
from readiness import ready, wait_ready_is
from real_node import RealNode

PATIENCE = 900
"""Seconds for a step on a machine that others use too."""
DOCKERFILE = "FROM python:3.11-slim\nCOPY --chmod=755 load.sh /usr/local/bin/\n"
GITHUB = "https://github.com/"


def manifest(kind: str, name: str, spec: dict) -> dict:
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


def dataset(name: str, url: str) -> dict:
    source = {"git": {"url": url}}
    return manifest("Dataset", name, {"filename": "data.jsonl", "source": source})


def words_model(name: str, **more: object) -> dict:
    """Return a Model from git whose image is built in seconds."""
    git = {"url": f"{GITHUB}e2e/workloads", "path": "words"}
    return manifest("Model", name, {"source": {"git": git}, **more})


def trained_model(name: str, base: str, data: str, **params: int) -> dict:
    training = {"datasetName": data, **({"params": params} if params else {})}
    return manifest("Model", name, {"source": {"modelName": base}, "training": training})


def publish_loader(
    cluster: RealNode, directory: Path, name: str, script: str, dockerfile: str = DOCKERFILE
) -> str:
    """Commit a loader with this `load.sh` to a repository of its own; return its public URL."""
    directory.mkdir(exist_ok=True)
    directory.joinpath("Dockerfile").write_text(dockerfile)
    directory.joinpath("load.sh").write_text(f"#!/bin/sh\n{script}\n")
    cluster.publish(f"e2e/{name}", directory)
    return f"{GITHUB}e2e/{name}"


def wait_fails(cluster: Cluster, resource: str, name: str, reason: str, namespace: str) -> str:
    """Wait for a reason of `Ready` that `kubectl get` shows; return the message of `describe`."""
    found = wait_ready_is(
        cluster, resource, name, ("False", reason), namespace=namespace, seconds=PATIENCE
    )
    place = f"--namespace={namespace}"
    assert reason in cluster.kubectl("get", resource, name, place)
    message = ready(cluster.get(resource, name, namespace)[0])[2] or ready(found)[2]
    assert message in cluster.kubectl("describe", resource, name, place)
    return message


def wait_ready(cluster: Cluster, resource: str, name: str, reason: str, namespace: str) -> None:
    """Wait until an object is Ready for this reason."""
    wait_ready_is(cluster, resource, name, ("True", reason), namespace=namespace, seconds=PATIENCE)


def annotate(cluster: Cluster, resource: str, name: str, namespace: str, **values: str) -> None:
    """Set the project's annotations on an object."""
    pairs = (f"substratus.ai/{key}={value}" for key, value in values.items())
    place = f"--namespace={namespace}"
    cluster.kubectl("annotate", "--overwrite", place, resource, name, *pairs)


def patch(cluster: Cluster, resource: str, name: str, namespace: str, spec: dict) -> None:
    """Merge into an object's spec."""
    text = json.dumps({"spec": spec})
    place = f"--namespace={namespace}"
    cluster.kubectl("patch", resource, name, place, "--type=merge", f"--patch={text}")


def job_name(cluster: Cluster, namespace: str, name: str, step: str) -> str:
    """Return the name of the newest Job of an object's step."""
    jobs = [each["metadata"] for each in cluster.get("jobs", "", namespace)]
    found = [
        each
        for each in jobs
        if each["labels"].get("substratus.ai/step") == step and each["name"].startswith(f"{name}-")
    ]
    return max(found, key=lambda each: each["creationTimestamp"])["name"]
