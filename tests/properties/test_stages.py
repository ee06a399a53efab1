"""What holds at every stage of every kind, with Pods in trouble and upstreams that are gone."""

import copy
import json
import random
from datetime import timedelta

import pytest
import stages
from calls import NOW, condition, path_of

from hooks.server import dispatch
from hooks.settings import Settings

STAGES = stages.named()
every_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
TIMES = (
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "2026-01-02T03:04:05.123456Z",
    "2026-01-02",
    "yesterday",
)


def bytes_of(call):
    path = f"/{path_of(call['parent'])}/sync"
    return dispatch.call(path, json.dumps(call).encode(), settings=Settings(), now=NOW)


def shuffled(value, chance):
    """Return the same JSON with every map in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


@every_stage
def test_the_order_of_maps_decides_nothing(stage):
    chance, call = random.Random(1), stage.request()  # noqa: S311 - an order, not a secret
    assert {bytes_of(shuffled(call, chance)) for _ in range(5)} == {bytes_of(call)}


@every_stage
def test_a_request_is_not_changed_by_answering_it(stage):
    call = stage.request()
    before = copy.deepcopy(call)
    kind = dispatch.KINDS[path_of(call["parent"])]
    kind.sync(call["parent"], call["children"], call["related"], settings=Settings(), now=NOW)
    assert call == before


@every_stage
def test_a_parent_is_not_changed_by_asking_what_it_must_see(stage):
    before = copy.deepcopy(stage.parent)
    dispatch.KINDS[path_of(stage.parent)].customize(stage.parent)
    assert stage.parent == before


@every_stage
def test_two_answers_settle_the_status(stage):
    settled = stage.after().after()
    assert settled.synced(now=NOW + timedelta(hours=1)).parent["status"] == settled.parent["status"]


@every_stage
def test_two_answers_settle_the_children(stage):
    settled = stage.after().after()
    later = settled.answer(now=NOW + timedelta(hours=1))
    assert later["children"] == settled.answer()["children"]


def with_times(value, text):
    """Return the same JSON with every time in it replaced."""
    if isinstance(value, dict):
        return {
            key: text if key.endswith(("Time", "Timestamp")) else with_times(each, text)
            for key, each in value.items()
        }
    return [with_times(each, text) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("text", TIMES)
def test_whatever_the_times_are_there_is_an_answer(text):
    for stage in STAGES.values():
        call = with_times(stage.request(), text)
        assert json.loads(bytes_of(call))["status"]["conditions"]


@pytest.mark.parametrize("value", ["1", " ", ""])
def test_what_a_rebuild_made_remains_when_its_base_is_gone(value):
    fresh = stages.trained_models()["a new trained Model"].with_annotations(rebuild=value)
    assert condition(fresh.settled().seeing().answer(), "Ready")[:2] == ("True", "BuiltAndPushed")
