"""A pytest plugin: the fixture `simulation` makes simulations, and shows them if the test fails."""

from collections.abc import Callable, Generator, Iterable
from typing import Any

import pytest

from metacontroller_offline.callers import Hooks
from metacontroller_offline.objects import Manifest
from metacontroller_offline.simulation import Simulation

_MADE = pytest.StashKey[list[Simulation]]()

SimulationFactory = Callable[..., Simulation]
"""Takes what `Simulation` takes."""


@pytest.fixture
def simulation(request: pytest.FixtureRequest) -> SimulationFactory:
    """Return a function that makes simulations; what they did is shown if the test fails."""
    made: list[Simulation] = request.node.stash.setdefault(_MADE, [])

    def make(manifests: Iterable[Manifest], hooks: Hooks, **options: Any) -> Simulation:  # noqa: ANN401 - as Simulation's
        sim = Simulation(manifests, hooks, **options)
        made.append(sim)
        return sim

    return make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that failed what its simulations did."""
    report = yield
    if report.failed:
        for sim in item.stash.get(_MADE, []):
            report.sections.append(("metacontroller-offline", sim.describe()))
    return report
