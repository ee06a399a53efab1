import threading

import pytest
from substratus_loader.connections import Patience
from substratus_loader.failures import Code, FailureError, InterruptedLoadError, Stopped
from substratus_loader.retrying import Retries, patiently


class Waits(threading.Event):
    """An event that nobody sets, whose waits take no time."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def wait(self, timeout=None):
        self.seconds.append(timeout)
        return self.is_set()


@pytest.fixture
def retries():
    return Retries("a.gguf", Patience(attempts=8, longest_wait_seconds=10), lambda _: None, Waits())


def test_waits_double_up_to_the_longest(retries):
    for _ in range(6):
        retries.wait(InterruptedLoadError("answered 503"))
    assert retries.stop.seconds == [1, 2, 4, 8, 10, 10]


def test_what_a_server_asks_for_is_waited_within_limits(retries):
    for seconds in (0, 60, 100_000):
        retries.wait(InterruptedLoadError("answered 429", retry_after=seconds))
    assert retries.stop.seconds == [1, 60, 300]


def test_progress_begins_the_count_again(retries):
    for _ in range(20):
        retries.wait(InterruptedLoadError("answered 503"))
        retries.progressed()
    assert set(retries.stop.seconds) == {1}


def test_attempts_end_with_the_failure_that_an_interruption_names(retries):
    final = FailureError(Code.NO_ACCESS, "No access.")
    for _ in range(7):
        retries.wait(InterruptedLoadError("has no credentials yet", final=final))
    with pytest.raises(FailureError, match=r"No access\."):
        retries.wait(InterruptedLoadError("has no credentials yet", final=final))


def test_a_wait_ends_where_another_file_has_failed(retries):
    retries.stop.set()
    with pytest.raises(Stopped):
        retries.wait(InterruptedLoadError("answered 503"))


def test_a_call_is_made_until_it_returns(retries):
    answers = iter([InterruptedLoadError("x"), InterruptedLoadError("x"), "found"])

    def call():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(retries, call) == "found"
