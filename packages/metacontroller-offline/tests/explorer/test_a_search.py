"""What a search covers."""

from engine import bar
from explorer.bars import grown, one_job, search
from metacontroller_offline.explorer import Budget
from metacontroller_offline.scenario import ExitCode


def test_a_hook_without_fault_is_exhausted():
    report = search(one_job, bars=[bar(size=1)]).exhaust()
    assert report.is_exhaustive


def test_a_state_is_counted_once_however_it_is_come_to():
    both = search(one_job, bars=[bar("a", size=1), bar("b", size=1)]).exhaust()
    assert both.steps > both.states


def test_the_same_search_finds_the_same_states():
    reports = [
        search(one_job, settled=[bar(size=1)], edits=[grown(2)], budget=Budget(edits=1)).exhaust()
        for _ in range(2)
    ]
    assert reports[0].states == reports[1].states


def test_a_budget_is_spent_by_what_costs_something():
    report = search(
        one_job, settled=[bar(size=1)], edits=[grown(2)], budget=Budget(edits=1)
    ).exhaust()
    assert report.choices["edit"] > 0


def test_what_is_not_in_the_budget_does_not_happen():
    report = search(one_job, settled=[bar(size=1)], edits=[grown(2)]).exhaust()
    assert "edit" not in report.choices


def test_a_pod_fails_in_the_ways_that_are_given():
    report = search(
        one_job, bars=[bar(size=1)], outcomes=[ExitCode(1)], budget=Budget(failures=1)
    ).exhaust()
    assert report.choices["fail"] > 0


def test_a_search_that_is_stopped_says_how_many_states_are_left():
    report = search(one_job, bars=[bar(size=1)]).exhaust(states=3)
    assert report.left
    assert not report.is_exhaustive


def test_metacontroller_may_end_between_two_writes():
    report = search(one_job, bars=[bar(size=1)], budget=Budget(stops=1)).exhaust()
    assert report.choices["stop"] > 0


def test_a_cache_that_lags_sees_changes_one_by_one():
    report = search(
        one_job,
        settled=[bar(size=1)],
        edits=[grown(2)],
        budget=Budget(edits=1),
        lag=1,
        lagging=["Bar"],
    ).exhaust()
    assert report.choices["deliver"] > 0
