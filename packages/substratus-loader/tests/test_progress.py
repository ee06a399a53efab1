import pytest
from substratus_loader.progress import Progress, amount


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def lines():
    return []


def test_a_line_says_how_far_it_is_and_how_fast(clock, lines):
    progress = Progress(4_000_000_000, 2, lines.append, clock=clock)
    clock.now += 6
    progress.add(1_200_000_000)
    progress.file_done()
    clock.now += 10
    progress.add(800_000_000)
    assert lines == [
        "1.2 GB of 4 GB (30 %), 200 MB/s, 0 of 2 files whole",
        "2 GB of 4 GB (50 %), 80 MB/s, 1 of 2 files whole",
    ]


def test_lines_are_seconds_apart(clock, lines):
    progress = Progress(None, 1, lines.append, clock=clock)
    for _ in range(100):
        clock.now += 0.1
        progress.add(10)
    assert len(lines) <= 2


def test_what_was_there_before_is_not_counted_as_fast(clock, lines):
    progress = Progress(1000, 1, lines.append, clock=clock)
    progress.skip(900)
    clock.now += 10
    progress.add(100)
    assert lines == ["1 kB of 1 kB (100 %), 10 B/s, 0 of 1 files whole"]


def test_a_size_that_is_not_known_is_left_out(clock, lines):
    progress = Progress(None, 1, lines.append, clock=clock)
    clock.now += 5
    progress.add(2_500_000)
    assert lines == ["2.5 MB, 500 kB/s, 0 of 1 files whole"]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (999_600, "1 MB"), (70_000_000_000, "70 GB"), (2e15, "2e+03 TB")],
)
def test_an_amount_has_three_figures(count, text):
    assert amount(count) == text
