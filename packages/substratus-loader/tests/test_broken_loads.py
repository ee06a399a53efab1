import pytest
from broken_loads import SCHEMES, load_broken
from substratus_loader.testing import Content

# A large one, killed and broken off more often, is `make loader-faults`.
CONTENT = Content(length=30_000_000, seed=10)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_file_that_is_killed_and_broken_off_ends_whole(scheme, tmp_path):
    figures = load_broken(scheme, CONTENT, tmp_path, times=2, seed=1)
    assert figures.sha256 == CONTENT.sha256
    if scheme != "pvc":  # which may be at its end before it is killed
        assert figures.kills == 2
        assert len(figures.offsets) >= 2
