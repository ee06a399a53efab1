"""The real Metacontroller on the real API server: the examples, and what they do at rest."""

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime

import fixtures
import pytest
import yaml
from control_plane import ROOT, wait_until
from stack import objects, wait_all_ready

from hooks.cli.offline import DispatchCaller, simulation
from hooks.settings import Settings

NAMESPACE = "examples"
LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"
CHILDREN = ("jobs", "statefulsets", "services", "persistentvolumeclaims", "configmaps")


@pytest.fixture(scope="module")
def examples(cluster, stack, request):
    """All examples, Ready."""
    started = time.monotonic()
    cluster.kubectl("create", "namespace", NAMESPACE)
    cluster.kubectl("apply", f"--namespace={NAMESPACE}", f"--filename={ROOT / 'examples'}")
    wait_all_ready(cluster, NAMESPACE)
    print(f"\nphase examples ready: {time.monotonic() - started:.1f} s", flush=True)
    if request.config.getoption("--record"):
        fixtures.write(stack.recorder.calls)
    return stack


def children(cluster):
    """Return what Metacontroller applied to each child, by kind and name."""
    return {
        f"{each['kind']}/{each['metadata']['name']}": json.loads(
            each["metadata"]["annotations"][LAST_APPLIED]
        )
        for resource in CHILDREN
        for each in cluster.get(resource, "", NAMESPACE)
        if LAST_APPLIED in each["metadata"].get("annotations", {})
    }


def jobs(cluster):
    return {each["metadata"]["name"] for each in cluster.get("jobs", "", NAMESPACE)}


def new_jobs_of(cluster, before, *, count):
    """Wait until all is Ready with `count` new Jobs; return their steps."""
    wait_until(f"{count} new Jobs", lambda: len(jobs(cluster) - before) >= count, seconds=30)
    wait_all_ready(cluster, NAMESPACE)
    found = [
        each
        for each in cluster.get("jobs", "", NAMESPACE)
        if each["metadata"]["name"] not in before
    ]
    return sorted(
        (
            each["metadata"]["ownerReferences"][0]["name"],
            each["metadata"]["labels"]["substratus.ai/step"],
        )
        for each in found
    )


def masked(applied):
    """Return a child as bytes, with the parent's uid, which each cluster makes anew, left out."""
    text = json.dumps(applied, sort_keys=True, separators=(",", ":"))
    return re.sub(r'"controller-uid":"[^"]*"', '"controller-uid":""', text).encode()


def test_all_examples_are_ready(examples, cluster):
    assert len(objects(cluster, NAMESPACE)) == sum(
        1
        for path in (ROOT / "examples").glob("*.yaml")
        for document in yaml.safe_load_all(path.read_text())
        if document
    )


def test_offline_equals_real(examples, cluster):
    documents = [
        {**document, "metadata": {"namespace": NAMESPACE, **document["metadata"]}}
        for path in sorted((ROOT / "examples").glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
        if document
    ]
    caller = DispatchCaller(Settings())
    sim = simulation(documents, caller=caller, start=datetime.now(UTC))
    sim.settle()
    offline = {
        f"{each['kind']}/{each['metadata']['name']}": json.loads(
            each["metadata"]["annotations"][LAST_APPLIED]
        )
        for version, kind in (
            ("batch/v1", "Job"),
            ("apps/v1", "StatefulSet"),
            ("v1", "Service"),
            ("v1", "PersistentVolumeClaim"),
            ("v1", "ConfigMap"),
        )
        for each in sim.cluster.list(version, kind)
    }
    real = children(cluster)
    assert {key: masked(each) for key, each in offline.items()} == {
        key: masked(each) for key, each in real.items()
    }
    if fixtures.RECORDING:
        fixtures.write_children(real)


def test_at_rest_nothing_is_written_for_60_seconds(examples, cluster):
    time.sleep(3)
    since, calls = cluster.audit_length(), len(examples.recorder.calls)
    time.sleep(60)
    assert [
        (each["verb"], each["requestURI"]) for each in cluster.writes("metacontroller", since)
    ] == []
    # At most the one call a parent asked for, a minute after its Pod was new.
    asked = Counter(
        call["request"]["parent"]["metadata"]["uid"] for call in examples.recorder.calls[calls:]
    )
    assert set(asked.values()) <= {1}


def test_an_edit_that_changes_nothing_runs_no_job(examples, cluster):
    before = jobs(cluster)
    cluster.kubectl(
        "annotate", "--all", "datasets.substratus.ai,models.substratus.ai", "team=a",
        f"--namespace={NAMESPACE}",
    )  # fmt: skip
    time.sleep(2)
    assert jobs(cluster) == before


def test_deleted_jobs_that_were_finished_are_not_run_again(examples, cluster):
    cluster.kubectl("delete", "jobs", "--all", f"--namespace={NAMESPACE}")
    time.sleep(3)
    assert jobs(cluster) == set()
    wait_all_ready(cluster, NAMESPACE)


@pytest.mark.parametrize(
    ("resource", "name", "patch", "runs"),
    [
        pytest.param(
            "datasets",
            "squad",
            {"filename": "train.jsonl"},
            [
                ("opt-125m-squad", "build"),
                ("opt-125m-squad", "train"),
                ("squad", "load"),
            ],
            id="a filename loads once, and what was trained on it trains once",
        ),
        pytest.param(
            "models",
            "opt-125m-squad",
            {"training": {"datasetName": "squad", "params": {"epochs": 2}}},
            [("opt-125m-squad", "build"), ("opt-125m-squad", "train")],
            id="params train once",
        ),
        pytest.param(
            "models",
            "opt-125m",
            {
                "source": {
                    "git": {
                        "url": "https://github.com/substratusai/model-facebook-opt-125m",
                        "branch": "next",
                    }
                }
            },
            [
                ("opt-125m", "build"),
                ("opt-125m-squad", "build"),
                ("opt-125m-squad", "train"),
            ],
            id="a base Model is built once, and what was trained from it trains once",
        ),
    ],
)
def test_a_change_causes_exactly_one_new_run(examples, cluster, resource, name, patch, runs):
    before = jobs(cluster)
    cluster.kubectl(
        "patch",
        f"{resource}.substratus.ai",
        name,
        "--type=merge",
        f"--patch={json.dumps({'spec': patch})}",
        f"--namespace={NAMESPACE}",
    )
    assert new_jobs_of(cluster, before, count=len(runs)) == runs


def test_a_suspended_notebook_keeps_its_claim(examples, cluster):
    cluster.kubectl(
        "patch", "notebooks.substratus.ai", "opt-125m", "--type=merge",
        '--patch={"spec":{"suspend":true}}', f"--namespace={NAMESPACE}",
    )  # fmt: skip
    gone = lambda: not cluster.get("pods", "opt-125m-notebook-0", NAMESPACE)  # noqa: E731
    wait_until("the notebook's Pod to go", gone, seconds=60)
    assert cluster.get("persistentvolumeclaims", "opt-125m-notebook", NAMESPACE)
