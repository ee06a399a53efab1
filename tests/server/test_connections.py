"""Which connection goes, where a worker has too many or holds too much."""

import pytest

from hooks.server.connections import Connections


class Clock:
    def __init__(self):
        self.now = 0

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture
def ended():
    return []


@pytest.fixture
def connections():
    return Connections(3, 100, Clock())


@pytest.fixture
def add(connections, ended):
    return lambda name: connections.add(lambda: ended.append(name))


def test_as_many_as_may_be_all_stay(add, ended):
    for name in "abc":
        add(name)
    assert ended == []


def test_the_one_that_waited_longest_goes_for_the_next(add, ended):
    for name in "abcd":
        add(name)
    assert ended == ["a"]


def test_one_that_had_an_answer_stays_before_one_that_had_none(add, connections, ended):
    first = add("a")
    connections.answers(first)
    connections.answered(first)
    for name in "bcd":
        add(name)
    assert ended == ["b"]


def test_one_whose_request_is_being_answered_stays(add, connections, ended):
    connections.answers(add("a"))
    for name in "bcd":
        add(name)
    assert ended == ["b"]


def test_none_goes_where_all_are_being_answered(add, connections, ended):
    for name in "abcd":
        connections.answers(add(name))
    assert ended == []


def test_one_that_is_closed_counts_no_more(add, connections, ended):
    connections.remove(add("a"))
    for name in "bcd":
        add(name)
    assert (ended, len(connections)) == ([], 3)


def test_one_that_was_ended_is_not_ended_again(add, ended):
    for name in "abcde":
        add(name)
    assert ended == ["a", "b"]


def test_the_one_that_waited_longest_with_a_body_goes_where_bodies_hold_too_much(
    add, connections, ended
):
    add("a")
    connections.received(add("b"), 60)
    connections.received(add("c"), 41)
    assert ended == ["b"]


def test_a_body_that_is_complete_is_not_held(add, connections, ended):
    whole = add("a")
    connections.received(whole, 99)
    connections.answers(whole)
    connections.received(add("b"), 100)
    assert ended == []


def test_what_is_held_is_held_until_its_connection_is_ended(add, connections, ended):
    connections.received(add("a"), 60)
    last = add("b")
    connections.received(last, 60)
    connections.received(last, 40)
    assert ended == ["a"]


def test_those_that_wait_are_ended_together(add, connections, ended):
    add("a")
    connections.answers(add("b"))
    add("c")
    connections.end_waiting()
    assert sorted(ended) == ["a", "c"]
