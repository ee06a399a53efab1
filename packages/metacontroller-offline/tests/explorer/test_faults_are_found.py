"""Hooks with a fault each, and the story that is found."""

from engine import bar
from explorer.bars import grown, job, one_job, search
from metacontroller_offline.explorer import Budget, Choice
from metacontroller_offline.objects import Ref


def _forgetful(request):
    """Leaves the Jobs of other sizes out, so that a call of an older view deletes a newer one."""
    return {"status": {}, "children": [job(f"a-{request['parent']['spec']['size']}")]}


def _stale():
    return search(
        _forgetful,
        settled=[bar(size=1)],
        edits=[grown(2)],
        budget=Budget(edits=1, stops=1),
        lag=1,
        lagging=["Bar"],
    )


def test_a_call_of_an_older_view_that_deletes_a_newer_child():
    assert _stale().exhaust().counterexample.invariant == "not made again"


def test_the_same_search_finds_nothing_in_a_hook_that_keeps_its_children():
    found = search(
        one_job,
        settled=[bar(size=1)],
        edits=[grown(2)],
        budget=Budget(edits=1, stops=1),
        lag=1,
        lagging=["Bar"],
    ).exhaust()
    assert found.is_exhaustive


def test_the_story_leads_from_the_edit_to_the_fault():
    story = str(_stale().exhaust().counterexample)
    order = [story.index(each) for each in ("change 'size 2'", "starts again", "Job a-2: deleted")]
    assert order == sorted(order)


def test_a_story_replayed_breaks_the_same_promise():
    search_ = _stale()
    found = search_.exhaust().counterexample
    again = search_.replay(step.choice for step in found.steps)
    assert again.problem == found.problem


def test_a_story_is_written_as_a_test():
    search_ = _stale()
    text = search_.exhaust().counterexample.as_test()
    names = {"Choice": Choice, "Ref": Ref}
    exec(text.partition("\n\n\n")[2], names)  # noqa: S102 - it is the test that was written
    failed = False
    try:
        names["test_not_made_again"](search_)
    except AssertionError:
        failed = True
    assert failed


def test_a_status_that_never_rests():
    def flips(request):
        before = (request["parent"].get("status") or {}).get("on", False)
        return {"status": {"on": not before}, "children": []}

    found = search(flips, bars=[bar(size=1)]).exhaust().counterexample
    assert found.invariant == "settles"


def test_an_answer_that_depends_on_how_often_it_was_asked_has_none_at_rest():
    asked = []

    def counts(request):
        asked.append(request)
        child = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
        return {"status": {}, "children": [{**child, "data": {"n": str(len(asked))}}]}

    found = search(counts, bars=[bar(size=1)]).exhaust(states=50).counterexample
    assert found.invariant in {"fixed point", "settles"}


def test_a_hook_that_fails_for_good():
    def broken(request):
        raise_ = {"status": {}, "childs": []}
        return raise_ if request["parent"]["spec"]["size"] == 2 else one_job(request)

    found = search(broken, settled=[bar(size=1)], edits=[grown(2)], budget=Budget(edits=1)).exhaust(
        states=200
    )
    assert found.counterexample.invariant == "answers"


def test_a_random_walk_finds_it_too_and_makes_it_short():
    found = _stale().walk(seed=1, walks=200, length=30).counterexample
    assert len(found.steps) < 15
