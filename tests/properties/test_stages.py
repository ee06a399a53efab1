"""What holds for every kind at every stage."""

import copy
import json
from datetime import timedelta

import pytest
from calls import NOW, answer, path_of, sync
from fuzz import seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from hooks import dispatch
from hooks.settings import Settings

STAGES = seeds.every()
every_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


def bytes_of(call):
    path = f"/{path_of(call['parent'])}/sync"
    return dispatch.call(path, json.dumps(call).encode(), settings=Settings(), now=NOW)


def shuffled(value, random):
    """Return the same JSON with every map in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(each, random) for each in value] if isinstance(value, list) else value


@every_stage
def test_one_request_has_one_answer(stage):
    call = stage.request()
    assert bytes_of(call) == bytes_of(call)


@every_stage
@given(random=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_a_map_decides_nothing(stage, random):
    call = stage.request()
    assert bytes_of(shuffled(call, random)) == bytes_of(call)


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
def test_an_answer_that_is_answered_an_hour_later_has_the_same_status(stage):
    settled = seeds.after(stage)
    settled = seeds.after(settled)
    again = answer(settled.request(), now=NOW + timedelta(hours=1))
    assert again["status"] == settled.parent["status"]


@every_stage
def test_an_answer_that_is_answered_an_hour_later_has_the_same_children(stage):
    settled = seeds.after(seeds.after(stage))
    again = answer(settled.request(), now=NOW + timedelta(hours=1))
    assert again["children"] == sync(*settled)["children"]
