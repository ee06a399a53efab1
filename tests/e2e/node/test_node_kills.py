"""Whatever is killed while the mission runs on a real node, nothing is computed twice or lost."""

import random
import time
from collections import Counter

from mission import JOBS, PATIENCE, answer, files, steps, words
from readiness import wait_all_ready

KILLS = 20
SEED = 20


def kill_a_pod(cluster, namespace, chance):
    """Delete a Pod that is there at once, as if its node had lost it."""
    pods = [
        each["metadata"]["name"]
        for each in cluster.get("pods", "", namespace)
        if each["status"]["phase"] in {"Pending", "Running"}
    ]
    if pods:
        place = f"--namespace={namespace}"
        now = ("--grace-period=0", "--force", "--ignore-not-found", "--wait=false")
        cluster.kubectl("delete", "pod", chance.choice(sorted(pods)), place, *now)


def test_twenty_kills_compute_nothing_twice(stack, cluster, namespace, phase):
    chance = random.Random(SEED)  # noqa: S311 - a seed, so that a failure can be repeated
    programs = [stack.hooks, stack.metacontroller, cluster.kubelet]
    victims = Counter()
    cluster.apply_objects(*words(epochs=15), namespace=namespace)
    with phase(f"{KILLS} kills on the node"):
        for _ in range(KILLS):
            victim = chance.choice([*programs, None])
            victims[victim.name if victim else "pod"] += 1
            if victim:
                victim.kill()
                time.sleep(chance.uniform(0.0, 2.0))
                victim.start()
            else:
                kill_a_pod(cluster, namespace, chance)
            time.sleep(chance.uniform(1.0, 6.0))
        wait_all_ready(cluster, namespace, seconds=PATIENCE)
    assert len(victims) == 4
    assert steps(cluster, namespace) == JOBS
    assert all(each["status"].get("succeeded") == 1 for each in cluster.get("jobs", "", namespace))
    assert len(files(cluster, namespace, "numbers-dataset", "numbers.jsonl")) == 1
    assert len(files(cluster, namespace, "words-numbers-model", "next.json")) == 1
    assert answer(cluster, namespace) == "one two three four"


def test_a_training_pod_that_is_killed_midway_ends_in_a_trained_model(stack, cluster, namespace):
    cluster.apply_objects(*words(epochs=8), namespace=namespace)

    def began():
        listed = (cluster.volumes / namespace).glob("words-numbers-model-*")
        return any(files(cluster, namespace, "words-numbers-model", "runs") for _ in listed)

    cluster.wait("training to begin", began, seconds=PATIENCE)
    script = "kill -9 $(pgrep -f [t]rain.py)"
    cluster.in_node("sh", "-c", script)
    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    (runs,) = files(cluster, namespace, "words-numbers-model", "runs")
    assert cluster.in_node("cat", str(runs)) == "began\nbegan\n"
    assert steps(cluster, namespace) == JOBS
    trained = next(
        each
        for each in cluster.get("jobs", "", namespace)
        if each["metadata"]["name"].startswith("words-numbers-model-train-")
    )
    assert (trained["status"]["succeeded"], trained["status"]["failed"]) == (1, 1)
    assert answer(cluster, namespace) == "one two three four"
