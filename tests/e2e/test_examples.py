"""The real Metacontroller on the real API server: the examples, and what they do at rest."""

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime

import fixtures
from audit import as_text
from readiness import LAST_APPLIED, example_objects, objects

from hooks.settings import Settings
from substratus.offline import DispatchCaller, simulation

CHILDREN = {
    "jobs": ("batch/v1", "Job"),
    "statefulsets": ("apps/v1", "StatefulSet"),
    "services": ("v1", "Service"),
    "persistentvolumeclaims": ("v1", "PersistentVolumeClaim"),
    "configmaps": ("v1", "ConfigMap"),
}


def applied(found):
    """Return what was applied to each child, by kind and name."""
    return {
        f"{each['kind']}/{each['metadata']['name']}": json.loads(
            each["metadata"]["annotations"][LAST_APPLIED]
        )
        for each in found
        if LAST_APPLIED in each["metadata"].get("annotations", {})
    }


def masked(children):
    """Return children as bytes, without the uids and versions that each cluster has of its own."""
    texts = {
        key: json.dumps(child, sort_keys=True, separators=(",", ":"))
        for key, child in children.items()
    }
    own = re.compile(r'("controller-uid":"|\\"[\w/.-]+\\":\\")[-\w]+')
    return {key: own.sub(r"\1", text).encode() for key, text in texts.items()}


def test_all_examples_are_ready(examples, cluster):
    assert len(objects(cluster, examples)) == len(example_objects())


def test_offline_equals_real(examples, cluster, recorded):
    """Every child, byte for byte, as the real and the offline Metacontroller applied it."""
    real = applied(child for kind in CHILDREN for child in cluster.get(kind, "", examples))
    documents = [
        {**each, "metadata": {"namespace": examples, **each["metadata"]}}
        for each in example_objects()
    ]
    sim = simulation(documents, caller=DispatchCaller(Settings()), start=datetime.now(UTC))
    sim.settle()
    offline = applied(
        child for version, kind in CHILDREN.values() for child in sim.cluster.list(version, kind)
    )
    assert real
    assert masked(offline) == masked(real)
    if recorded:
        fixtures.write_children(real, recorded)


def test_at_rest_nothing_is_written_for_60_seconds(examples, cluster, stack, audit):
    stack.recorder.wait_quiet()
    since, calls = audit.mark(), len(stack.recorder.calls)
    time.sleep(60)
    assert [as_text(each) for each in audit.writes(since)] == []
    # At most the one call a parent asked for, a minute after its Pod was new.
    asked = Counter(call.parent["uid"] for call in stack.recorder.calls[calls:])
    assert set(asked.values()) <= {1}
