"""The hooks keep every promise in every order of events that a small budget allows."""

import pytest

from tests.explorer.cases import SMALL


@pytest.mark.parametrize("name", SMALL)
def test_no_promise_is_broken_in_any_state(name):
    report = SMALL[name].explorer().exhaust()
    assert report.counterexample is None, str(report.counterexample)


@pytest.mark.parametrize("name", ["a Dataset whose Pods fail"])
def test_every_state_is_looked_at(name):
    assert SMALL[name].explorer().exhaust().is_exhaustive
