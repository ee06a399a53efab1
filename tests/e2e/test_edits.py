"""What an edit of Ready examples runs: exactly what computes something else, and nothing twice."""

import json

import pytest
from audit import as_text
from readiness import EXAMPLES, KINDS, objects, wait_all_ready

ALL = ",".join(f"{kind}.substratus.ai" for kind in KINDS)
OPT = "https://github.com/substratusai/model-facebook-opt-125m"


def new_jobs(cluster, namespace, since):
    """Return owner and step of each Job that was made, as often as it was."""
    made = {
        change.object["metadata"]["uid"]: change.object["metadata"]
        for change in cluster.watch.of("jobs", namespace, since)
        if change.type == "ADDED"
    }
    return sorted(
        (each["ownerReferences"][0]["name"], each["labels"]["substratus.ai/step"])
        for each in made.values()
    )


@pytest.mark.parametrize(("edit", "kept"), [("annotate", "annotations"), ("label", "labels")])
def test_a_touch_of_every_object_writes_nothing(examples, cluster, stack, audit, edit, kept):
    stack.recorder.wait_quiet()
    since, calls = audit.mark(), len(stack.recorder.calls)
    cluster.kubectl(edit, "--all", ALL, f"team={edit}", f"--namespace={examples}")
    uids = {each["metadata"]["uid"] for each in objects(cluster, examples)}
    cluster.wait(
        "a hook call for every touched object",
        lambda: all(
            any(call.parent.get(kept, {}).get("team") for call in stack.recorder.of(uid, calls))
            for uid in uids
        ),
    )
    stack.recorder.wait_quiet()
    assert [as_text(each) for each in audit.writes(since)] == []


def test_the_same_objects_applied_again_write_nothing(examples, cluster, stack, audit):
    stack.recorder.wait_quiet()
    since = audit.mark()
    cluster.apply(EXAMPLES, namespace=examples)
    stack.recorder.wait_quiet()
    assert [as_text(each) for each in audit.writes(since)] == []


def test_deleted_jobs_that_were_finished_are_not_run_again(examples, cluster, stack):
    stack.recorder.wait_quiet()
    before = len(cluster.watch.changes)
    cluster.kubectl("delete", "jobs", "--all", f"--namespace={examples}")
    stack.recorder.wait_quiet(3)
    gone = [each for each in cluster.watch.of("jobs", examples, before) if each.type == "DELETED"]
    assert gone
    assert new_jobs(cluster, examples, before) == []
    wait_all_ready(cluster, examples)


@pytest.mark.parametrize(
    ("resource", "name", "patch", "runs"),
    [
        pytest.param(
            "datasets",
            "squad",
            {"filename": "train.jsonl"},
            [("opt-125m-squad", "package"), ("opt-125m-squad", "train"), ("squad", "load")],
            id="a filename loads once, and what was trained on it trains once",
        ),
        pytest.param(
            "models",
            "opt-125m-squad",
            {"training": {"datasetName": "squad", "params": {"epochs": 2}}},
            [("opt-125m-squad", "package"), ("opt-125m-squad", "train")],
            id="params train once",
        ),
        pytest.param(
            "models",
            "opt-125m",
            {"source": {"git": {"url": OPT, "branch": "next"}}},
            [("opt-125m", "build"), ("opt-125m-squad", "package"), ("opt-125m-squad", "train")],
            id="a base Model is built once, and what was trained from it trains once",
        ),
    ],
)
def test_a_change_causes_exactly_one_new_run(examples, cluster, stack, resource, name, patch, runs):
    stack.recorder.wait_quiet()
    before = len(cluster.watch.changes)
    text = f"--patch={json.dumps({'spec': patch})}"
    cluster.kubectl(
        "patch", f"{resource}.substratus.ai", name, "--type=merge", text, f"--namespace={examples}"
    )
    cluster.wait("the new runs", lambda: len(new_jobs(cluster, examples, before)) >= len(runs))
    wait_all_ready(cluster, examples)
    stack.recorder.wait_quiet()
    assert new_jobs(cluster, examples, before) == runs
    wait_all_ready(cluster, examples)


def test_a_suspended_notebook_keeps_its_claim(examples, cluster):
    suspend = '--patch={"spec":{"suspend":true}}'
    cluster.kubectl(
        "patch", "notebooks.substratus.ai", "opt-125m", "--type=merge", suspend,
        f"--namespace={examples}",
    )  # fmt: skip
    cluster.wait(
        "the notebook's Pod to go",
        lambda: not cluster.get("pods", "opt-125m-notebook-0", examples),
        seconds=60,
    )
    assert cluster.get("persistentvolumeclaims", "opt-125m-notebook", examples)
