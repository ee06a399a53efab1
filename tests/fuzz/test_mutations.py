"""Damaged requests: an answer that is 200 keeps everything, and nothing is worse than 500."""

import json

import pytest
from calls import NOW
from hypothesis import given
from hypothesis import strategies as st

from fuzz.kept import lost
from fuzz.mutations import is_composite_sync, mutated
from hooks.server import dispatch
from hooks.server.app import create_app
from hooks.settings import Settings

CLIENT = create_app(Settings(), clock=lambda: NOW).test_client()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["parent", "children", "related", "metadata", "x"]), inner
        )
    ),
)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_request_that_is_answered_loses_nothing(seed):
    for path, body in mutated(500, seed):
        answered = CLIENT.post(path, data=body)
        assert answered.status_code in {200, 400, 500}
        if answered.status_code == 200 and is_composite_sync(path):
            assert lost(json.loads(body), answered.get_json()) == []


@given(value=JSON, path=st.sampled_from(sorted(dispatch.HOOKS)))
def test_any_json_is_400(value, path):
    assert CLIENT.post(path, data=json.dumps(value)).status_code == 400


@given(body=st.binary(max_size=200), path=st.sampled_from(sorted(dispatch.HOOKS)))
def test_any_bytes_are_400(body, path):
    assert CLIENT.post(path, data=body).status_code == 400
