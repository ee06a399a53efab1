"""What all tests share: the switch that rewrites golden files, and how properties are tried."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, settings
from yaml_files import parsed

# No test is timed: a busy machine would fail it. Slow examples are not a property's business.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what the code gives into the golden files instead of comparing.",
    )


@pytest.fixture
def golden(request):
    """Return a check that a value equals the golden YAML file; a missing file fails."""
    update = request.config.getoption("--update-golden")

    def check(path: Path, value: object) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(yaml.safe_dump(value, sort_keys=True, width=100, allow_unicode=True))
        assert path.exists(), f"{path} is missing; `pytest --update-golden` writes it"
        (recorded,) = parsed(path.read_text())
        assert value == recorded

    return check
