"""`substratus diff` before an edit, and what Metacontroller then makes of it: the same.

Each edit is made to what the edits before it have left, so the namespace is never made again.
"""

import json
from collections import Counter

import pytest
import yaml
from readiness import example_objects

from hooks.settings import Settings, load
from substratus.commands.diff.changes import Effect
from substratus.commands.diff.compare import compare
from substratus.commands.diff.versions import Objects

CHILDREN = ("jobs", "statefulsets", "services", "persistentvolumeclaims", "configmaps")
OWNERS = {"Dataset", "Model", "ModelServer", "Notebook"}
LAST_APPLIED = "metacontroller.k8s.io/last-applied-configuration"
GIT = "https://github.com/substratusai/dataset-other"
LARGE = {
    "name": "large",
    "memoryGiB": 80,
    "maxPerNode": 8,
    "nodeSelector": {"example.com/gpu": "large"},
}


def put(kind, name, path, value):
    """Return the edit that sets a field of an object."""

    def edit(objects):
        found = next(each for each in objects if named(each) == (kind, name))
        *above, last = path.split(".")
        for part in above:
            found = found.setdefault(part, {})
        found[last] = value
        return objects

    return edit


def annotate(kind, name, key, value):
    def edit(objects):
        found = next(each for each in objects if named(each) == (kind, name))
        found["metadata"].setdefault("annotations", {})[f"substratus.ai/{key}"] = value
        return objects

    return edit


def delete(kind, name):
    return lambda objects: [each for each in objects if named(each) != (kind, name)]


def add(kind, name, **spec):
    metadata = {"name": name}
    found = {"apiVersion": "substratus.ai/v1", "kind": kind, "metadata": metadata, "spec": spec}
    return lambda objects: [*objects, found]


def named(found):
    return found["kind"], found["metadata"]["name"]


TUNED = ("Model", "opt-125m-squad")
EDITS = {
    "a filename": put("Dataset", "squad", "spec.filename", "train.jsonl"),
    "the branch of a Dataset": put("Dataset", "squad", "spec.source.git.branch", "next"),
    "a rebuild": annotate("Dataset", "squad", "rebuild", "1"),
    "a retry of what is complete": annotate("Dataset", "squad", "retry", "1"),
    "a label": put("Model", "opt-125m", "metadata.labels", {"team": "a"}),
    "the branch of a base Model": put("Model", "opt-125m", "spec.source.git.branch", "next"),
    "a size": put("Model", "opt-125m", "spec.size.parameterCount", 10**10),
    "compute": put("Model", "opt-125m", "spec.compute.types", ["GPU", "CPU"]),
    "a parameter": put(*TUNED, "spec.training.params.epochs", 2),
    "a default that is written out": put(
        "Model", "falcon-7b-k8s", "spec.training.params.batchSize", 1
    ),
    "another Dataset": put("Model", "falcon-7b-k8s", "spec.training.datasetName", "squad"),
    "another base Model": put(*TUNED, "spec.source.modelName", "falcon-7b"),
    "the size of a trained Model": put(*TUNED, "spec.size.parameterCount", 10**10),
    "another Model for a server": put(
        "ModelServer", "opt-125m", "spec.modelName", "opt-125m-squad"
    ),
    "a notebook that is suspended": put("Notebook", "opt-125m", "spec.suspend", True),
    "a Model's size below a suspended notebook": put(
        "Model", "opt-125m", "spec.size.parameterCount", 10**9
    ),
    "a notebook that continues": put("Notebook", "opt-125m", "spec.suspend", False),
    "another Model for a notebook": put(
        "Notebook", "opt-125m-squad", "spec.modelName", "falcon-7b"
    ),
    "a notebook that goes": delete("Notebook", "falcon-7b-k8s"),
    "a server more": add("ModelServer", "second", modelName="falcon-7b"),
    "a Dataset more": add("Dataset", "other", filename="other.jsonl", source={"git": {"url": GIT}}),
    "a base Model that goes": delete("Model", "opt-125m"),
    "a trained Model that goes, below a server": delete("Model", "falcon-7b-k8s"),
}
SETTINGS = {
    "another registry": {"registry": {"url": "other.example.com/substratus"}},
    "other accelerators": {"compute": {"accelerators": [LARGE]}},
    "larger claims": {"claims": {"datasetSize": "200Gi", "notebookSize": "50Gi"}},
}


@pytest.fixture(scope="module")
def state(examples):
    """What was applied last, in the namespace of the module."""
    return {"objects": placed(example_objects(), examples), "settings": Settings()}


def placed(objects, namespace):
    return [{**each, "metadata": {**each["metadata"], "namespace": namespace}} for each in objects]


def snapshot(cluster, namespace):
    """Return the children that are there, by their owners, kinds and names."""
    return {
        (*owner, each["kind"], each["metadata"]["name"]): each
        for resource in CHILDREN
        for each in cluster.get(resource, "", namespace)
        for owner in owners(each)
        if "deletionTimestamp" not in each["metadata"]
    }


def owners(child):
    return [
        (each["kind"], each["name"])
        for each in child["metadata"].get("ownerReferences") or []
        if each["kind"] in OWNERS
    ]


def happened(cluster, namespace, before, since):
    """Return effect, kind and name of all that happened to children, as often as it did."""
    after = snapshot(cluster, namespace)
    jobs = {
        change.object["metadata"]["uid"]: change.object["metadata"]["name"]
        for change in cluster.watch.of("jobs", namespace, since)
        if change.type == "ADDED"
    }
    found = Counter(("runs", "Job", name) for name in jobs.values())
    for key, child in before.items():
        if key[2] == "Job":
            continue
        if key not in after:
            found["deleted", key[2], key[3]] += 1
        else:
            found.update((effect, key[2], key[3]) for effect in altered(child, after[key]))
    for key, child in after.items():
        if key not in before and key[2] != "Job":
            starts = key[2] == "StatefulSet" and child["spec"]["replicas"]
            found["starts" if starts else "appears", key[2], key[3]] += 1
    return found


def altered(old, new):
    """Return what happened to a child that stays; a roll is what its controller calls one."""
    if old["kind"] != "StatefulSet":
        return ["changes"] if applied(old) != applied(new) else []
    was, is_ = old["spec"]["replicas"], new["spec"]["replicas"]
    revisions = [each["status"].get("updateRevision") for each in (old, new)]
    found = ["rolls"] if revisions[0] != revisions[1] and was and is_ else []
    if was != is_:
        found.append("scales" if was and is_ else "starts" if is_ else "stops")
    return found or (["changes"] if applied(old) != applied(new) else [])


def applied(child):
    return json.loads(child["metadata"]["annotations"][LAST_APPLIED])


def predicted(old, new, objects=()):
    """Return what is said of children; that an object goes is the edit itself, and what keeps its
    template does nothing.
    """
    found = compare(old, new, objects=objects, settings=Settings())
    return Counter(
        (str(each.effect), each.kind, each.name)
        for each in found.changes
        if each.effect not in {Effect.GONE, Effect.KEEPS}
    )


def made_true(cluster, stack, namespace, prediction, change):
    """Make a change; return what happened once all that was said has, and nothing moves."""
    stack.recorder.wait_quiet()
    before, since = snapshot(cluster, namespace), len(cluster.watch.changes)
    change()
    cluster.wait(
        f"what was said: {dict(prediction)}",
        lambda: not prediction - happened(cluster, namespace, before, since),
        seconds=60,
    )
    cluster.wait(
        "the ends of Jobs",
        lambda: all(is_over(each) for each in cluster.get("jobs", "", namespace)),
        seconds=60,
    )
    stack.recorder.wait_quiet()
    return happened(cluster, namespace, before, since)


def is_over(job):
    conditions = (job.get("status") or {}).get("conditions") or []
    return any(each["type"] in {"Complete", "Failed"} for each in conditions)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_does_what_was_said(examples, cluster, stack, state, edit):
    old = state["objects"]
    new = edit(json.loads(json.dumps(old)))
    new = placed(new, examples)
    prediction = predicted(Objects(old), Objects(new))
    gone = {named(each) for each in old} - {named(each) for each in new}

    def change():
        cluster.apply_objects(*new, namespace=examples)
        for kind, name in gone:
            cluster.kubectl("delete", f"{kind.lower()}s.substratus.ai", name, "-n", examples)

    state["objects"] = new
    assert made_true(cluster, stack, examples, prediction, change) == prediction


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_other_settings_do_what_was_said(examples, cluster, stack, state, settings, tmp_path):
    text = yaml.safe_dump(settings)
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    new = load(text, source="settings")
    prediction = predicted(state["settings"], new, state["objects"])

    def change():
        stack.hooks.restart(str(file))
        # Metacontroller looks at every object again when it starts, and every half an hour.
        stack.metacontroller.stop()
        stack.metacontroller.start()
        stack.metacontroller.wait()

    state["settings"] = new
    before = len(stack.recorder.calls)
    try:
        assert made_true(cluster, stack, examples, prediction, change) == prediction
    finally:
        stack.hooks.restart("")
        stack.recorder.forget(before)
