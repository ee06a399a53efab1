"""Clients that send nothing, half a header or a byte now and then cost nobody an answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from bodies import BODIES
from calls import parent, request
from crowd import Crowd
from shipped import shipped

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)
CALL = json.dumps(request(DATASET)).encode()


DEPLOYMENT = Path(__file__).parents[2] / "metacontroller" / "deployment.yaml"


def memory_limit():
    """Return the bytes that the Pod may take."""
    (container,) = yaml.safe_load(DEPLOYMENT.read_text())["spec"]["template"]["spec"]["containers"]
    amount = container["resources"]["limits"]["memory"]
    return int(amount.removesuffix("Gi")) * 1024**3


@pytest.fixture(scope="module")
def crowded():
    with shipped() as server, Crowd(server.port, each=24, seed=1, burst=1024**2):
        yield server


def test_each_call_is_answered_beside_a_crowd(crowded):
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: crowded.ask("POST", "/datasets/sync", CALL)[0], range(40))
        )
    assert answers == [200] * 40


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_each_probe_is_answered_beside_a_crowd(crowded, path):
    assert [crowded.probe(path)[0] for _ in range(20)] == [200] * 20


def test_all_processes_take_less_than_half_of_the_pods_memory_whatever_is_sent(crowded):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda make: crowded.ask("POST", "/models/sync", make()), BODIES.values()))
    assert sum(crowded.most_memory().values()) < memory_limit() / 2
