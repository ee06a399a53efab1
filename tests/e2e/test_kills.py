"""Hooks and Metacontroller are killed at random moments; nothing is run twice, nothing is lost."""

import random
import time
from collections import Counter

from readiness import example_objects, wait_all_ready

KILLS = 20
SEED = 20


def test_twenty_kills_run_no_job_twice(stack, cluster, audit, namespace, phase):
    chance = random.Random(SEED)  # noqa: S311 - a seed, so that a failure can be repeated
    since, before = audit.mark(), len(cluster.watch.changes)
    waiting = example_objects()
    chance.shuffle(waiting)
    victims = Counter()
    with phase(f"{KILLS} kills"):
        for number in range(KILLS):
            victim = chance.choice([stack.hooks, stack.metacontroller])
            victims[victim.name] += 1
            victim.kill()
            # A few objects at each kill, so that every kill meets something that is under way.
            share = -(-len(waiting) // (KILLS - number))
            if due := [waiting.pop() for _ in range(share)]:
                cluster.apply_objects(*due, namespace=namespace)
            time.sleep(chance.uniform(0.0, 0.3))
            victim.start()
            time.sleep(chance.uniform(0.1, 1.2))
        wait_all_ready(cluster, namespace)
    stack.recorder.wait_quiet()
    assert len(victims) == 2
    assert twice(audit.created(since, resource="jobs", namespace=namespace)) == {}
    assert twice(audit.created(since, resource="statefulsets", namespace=namespace)) == {}
    runs = runs_of(cluster, namespace, before)
    assert twice((owner, step) for owner, step, _ in runs) == {}
    assert twice((step, run) for _, step, run in runs) == {}
    # Every step of every example that runs a Job.
    assert len(runs) == jobs_of_examples()


def twice(found):
    """Return what is there more than once, and how often."""
    return {each: count for each, count in Counter(found).items() if count > 1}


def runs_of(cluster, namespace, since):
    """Return owner, step and run of each Job that ever was."""
    made = {
        change.object["metadata"]["uid"]: change.object["metadata"]
        for change in cluster.watch.of("jobs", namespace, since)
    }
    return [
        (
            each["ownerReferences"][0]["uid"],
            each["labels"]["substratus.ai/step"],
            each["labels"]["substratus.ai/run"],
        )
        for each in made.values()
    ]


def jobs_of_examples():
    """Return how many Jobs the examples take: Datasets and trained Models two, others one."""
    objects = example_objects()
    datasets = sum(each["kind"] == "Dataset" for each in objects)
    models = [each for each in objects if each["kind"] == "Model"]
    return 2 * datasets + sum(2 if "training" in each["spec"] else 1 for each in models)
