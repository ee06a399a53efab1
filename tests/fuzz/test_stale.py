"""Calls that see objects as they were lose nothing: no claim, no server, and no Job that runs."""

import json

import pytest
from calls import NOW

from fuzz.kept import lost
from fuzz.stale import FIXTURES, views
from hooks.server import dispatch
from hooks.server.envelope import MalformedRequestError
from hooks.settings import Settings


@pytest.mark.parametrize("seed", range(5))
def test_a_call_that_sees_objects_as_they_were_loses_nothing(seed):
    for path, call in views(100, seed, FIXTURES):
        body = json.dumps(call).encode()
        try:
            answer = json.loads(dispatch.call(path, body, settings=Settings(), now=NOW))
        except MalformedRequestError:
            continue  # such a view is refused, and touches nothing
        assert lost(call, answer) == []
