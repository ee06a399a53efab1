"""The workloads of words.yaml, and what became of them."""

from pathlib import Path

import httpx
import yaml
from cluster import Cluster
from real_node import RealNode

PATIENCE = 900
WORKLOADS = Path(__file__).parent / "workloads"
WORDS = WORKLOADS / "words.yaml"
JOBS = [
    "numbers-dataset-build",
    "numbers-dataset-load",
    "words-model-build",
    "words-numbers-model-package",
    "words-numbers-model-train",
]
"""One Job for each step of words.yaml."""


def words(epochs: int) -> list[dict]:
    """Return the objects of words.yaml with a training of so many seconds."""
    objects = list(yaml.safe_load_all(WORDS.read_text()))
    trained = next(each for each in objects if "training" in each["spec"])
    trained["spec"]["training"]["params"] = {"epochs": epochs}
    return objects


def steps(cluster: Cluster, namespace: str) -> list[str]:
    """Return every Job that ever was, without the hash of its run."""
    made = {
        each.object["metadata"]["uid"]: each.key[1] for each in cluster.watch.of("jobs", namespace)
    }
    return sorted(name.rpartition("-")[0] for name in made.values())


def files(cluster: RealNode, namespace: str, claim: str, pattern: str) -> list[Path]:
    """Return the files of a claim, as the node has them."""
    (volume,) = (cluster.volumes / namespace).glob(f"{claim}-*")
    listed = cluster.in_node("find", str(volume), "-type", "f", "-name", pattern)
    return [Path(line) for line in listed.splitlines()]


def answer(cluster: Cluster, namespace: str) -> str:
    """Return what the trained Model says after `one`, asked through its Service."""
    service = cluster.get("services", "words-numbers-modelserver", namespace)[0]
    asked = {"prompt": "one", "max_new_tokens": 3}
    address = f"http://{service['spec']['clusterIP']}:8080/generate"
    return httpx.post(address, json=asked, timeout=30).json()["generation"]


def servers(cluster: Cluster, namespace: str) -> dict[str, tuple[str, list[int]]]:
    """Return the Pods of servers by name: which they are, and how often their containers began."""
    return {
        pod["metadata"]["name"]: (
            pod["metadata"]["uid"],
            [each["restartCount"] for each in pod["status"]["containerStatuses"]],
        )
        for pod in cluster.get("pods", "", namespace)
        if pod["metadata"]["name"].endswith("-0") and "deletionTimestamp" not in pod["metadata"]
    }
