"""Faults that are put into the hooks are found: a search that finds none is worth nothing."""

import pytest

from tests.explorer.faults import FAULTS, broken


@pytest.mark.parametrize(
    ("name", "promise"),
    [
        ("an older view supersedes a newer one", "active Jobs stay"),
        ("no claim of a result is kept", "claims stay"),
        ("no Job is the present one", "not made again"),
    ],
)
def test_a_fault_breaks_a_promise(name, promise):
    with broken(FAULTS[name]):
        found = FAULTS[name].case.explorer().exhaust(seconds=120).counterexample
    assert found.invariant == promise
