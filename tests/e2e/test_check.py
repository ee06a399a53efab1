"""`substratus check` and a real API server: the same verdict on each object."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from metacontroller_offline.objects import as_stored
from objects_to_check import hand_made, objects

from substratus.refusals import refusals

COUNT = 300
"""How many objects hypothesis makes."""


def server_says(cluster, found):
    """Return why the API server refuses an object, as `kubectl` asks it; empty if it does not."""
    plural = f"{found['kind'].lower()}s"
    answer = cluster.http.post(
        f"/apis/substratus.ai/v1/namespaces/default/{plural}",
        params={"dryRun": "All", "fieldValidation": "Strict"},
        content=json.dumps(as_stored(found)),  # kubectl writes 1.0 as 1
        headers={"Content-Type": "application/json"},
    )
    return "" if answer.status_code == 201 else answer.json()["message"]


def placed(found):
    return {**found, "metadata": {"namespace": "default", **found["metadata"]}}


@pytest.mark.parametrize(
    "found", [pytest.param(each, id=str(at)) for at, each in enumerate(hand_made())]
)
def test_the_verdict_on_what_was_made_by_hand_is_the_servers(cluster, found):
    said, server = refusals(placed(found)), server_says(cluster, placed(found))
    assert bool(said) == bool(server), (said, server)


def test_the_verdict_on_what_hypothesis_makes_is_the_servers(cluster):
    verdicts = Counter()

    @settings(
        max_examples=COUNT,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[*HealthCheck],
    )
    @given(objects())
    def same(found):
        said, server = refusals(placed(found)), server_says(cluster, placed(found))
        verdicts[bool(server)] += 1
        assert bool(said) == bool(server), (found, said, server)

    same()
    # A comparison of objects of which all are legal, or none, would say little.
    assert min(verdicts[True], verdicts[False]) >= COUNT // 5, verdicts
    print(f"{sum(verdicts.values())} objects: {verdicts[True]} refused, {verdicts[False]} taken")
