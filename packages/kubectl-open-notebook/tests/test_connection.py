"""A laptop that sleeps: the clocks are the test's, and so is the forward."""

import io
import threading

import pytest
from kubectl_open_notebook.connection import Connection
from kubectl_open_notebook.terminal import Terminal


class Forward:
    port = 8888

    def __init__(self):
        self.did = []

    def leads_somewhere(self):
        return True

    def is_running(self):
        return True

    def __getattr__(self, name):
        return lambda: self.did.append(name)


class Pod:
    name = "nb-notebook-0"

    def token(self):
        return "0123"


@pytest.fixture
def laptop():
    """A connection that is open, its forward, what was said, and the two clocks."""
    clocks = {"wall": 1_000_000.0, "steady": 50.0}
    said, forward = io.StringIO(), Forward()
    connection = Connection(
        Pod(),
        forward,
        Terminal(said, is_plain=True),
        None,
        wall=lambda: clocks["wall"],
        steady=lambda: clocks["steady"],
    )
    connection.open(threading.Event())
    return connection, forward, said, clocks


def test_a_clock_that_continues_is_not_a_sleep(laptop):
    connection, _, _, clocks = laptop
    clocks["wall"] += 3600
    clocks["steady"] += 3600
    assert not connection.slept()


def test_a_clock_that_jumps_is_a_sleep(laptop):
    connection, _, said, clocks = laptop
    clocks["wall"] += 3600
    assert connection.slept()
    assert said.getvalue() == "This machine slept: connecting again.\n"


def test_after_a_sleep_the_forward_is_made_again(laptop):
    connection, forward, said, clocks = laptop
    clocks["wall"] += 3600
    connection.slept()
    connection.tend(lambda: None)
    assert forward.did[-3:] == ["drop", "keep_up", "settle"]
    assert "The connection to the notebook is back." in said.getvalue()


def test_one_sleep_is_said_once(laptop):
    connection, _, _, clocks = laptop
    clocks["wall"] += 3600
    assert (connection.slept(), connection.slept()) == (True, False)
