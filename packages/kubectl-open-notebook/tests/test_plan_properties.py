"""Whatever two people do on two sides, nothing is lost and both sides agree in the end.

The sides are in memory here; what is done to them between the plan and its execution is, too.
"""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from kubectl_open_notebook.mirror.listing import Side, Tree, Version, above
from kubectl_open_notebook.mirror.plan import Pair, decide

PATHS = ("a", "a/b", "c.py", "d/e", "d/e/f")
NOW = datetime(2026, 1, 31, tzinfo=UTC)
WRITE = st.tuples(
    st.just("write"), st.sampled_from(Side), st.sampled_from(PATHS), st.integers(1, 3)
)
DELETE = st.tuples(st.just("delete"), st.sampled_from(Side), st.sampled_from(PATHS), st.just(0))
SYNC = st.tuples(st.sampled_from(["sync", "round", "forget"]), st.none(), st.none(), st.just(0))
STEPS = st.lists(st.one_of(WRITE, DELETE, SYNC), max_size=25)


class World:
    """Two directories and what they had in common; a content is its own number."""

    def __init__(self):
        self.files = {side: {} for side in Side}
        self.base = {}
        self.clock = 0
        self.meanwhile = []

    def edit(self, kind, side, path, size):
        files = self.files[side]
        if kind == "delete":
            files.pop(path, None)
            return
        is_directory = any(other.startswith(f"{path}/") for other in files)
        if is_directory or any(each in files for each in above(path)):
            return  # no file system would allow it
        self.clock += 1
        files[path] = (Version(size, self.clock), self.clock)

    def tree(self, side):
        files = {path: version for path, (version, _) in self.files[side].items()}
        return Tree(files, frozenset(each for path in files for each in above(path)))

    def round(self):
        """Plan, let the people do something meanwhile, and execute as the real sides do."""
        same = {}
        trees = [self.tree(side) for side in Side]
        for _ in range(2):
            plan = decide(*trees, self.base, same=same, ahead=0, now=NOW)
            for path, pair in plan.undecided.items():
                here, there = (self.files[side].get(path) for side in Side)
                if here and there:
                    same[path, pair] = here[1] == there[1]
        for step in self.meanwhile:
            self.edit(*step)
        self.meanwhile = []
        self.base.update(plan.agreed)
        for path in plan.forgotten:
            self.base.pop(path, None)
        for each in plan.deletes:
            if self.files[each.side].get(each.path, (None,))[0] == each.version:
                del self.files[each.side][each.path]
                self.base.pop(each.path, None)
        for each in plan.copies:
            self.copy(each)
        return plan

    def copy(self, each):
        source, target = self.files[each.source], self.files[each.source.other]
        is_directory = any(other.startswith(f"{each.path}/") for other in target)
        if (
            source.get(each.path, (None,))[0] != each.version
            or target.get(each.path, (None,))[0] != each.replaces
            or is_directory
            or any(above_it in target for above_it in above(each.path))
        ):
            return
        if each.keep:
            assert each.keep not in target
            target[each.keep] = target[each.path]
        target[each.path] = source[each.path]
        self.base[each.path] = Pair(each.version, each.version)

    def contents(self):
        return {content for files in self.files.values() for _, content in files.values()}

    def may_go(self):
        """Return the contents whose own side has not touched them since both sides agreed."""
        return {
            content
            for side, files in self.files.items()
            for path, (version, content) in files.items()
            if path in self.base and self.base[path].of(side) == version
        }

    def checked_round(self):
        before, may_go = self.contents(), self.may_go()
        removed_by_people = self.people_remove()
        plan = self.round()
        lost = before - self.contents() - may_go - removed_by_people
        assert not lost
        return plan

    def people_remove(self):
        """Return the contents that the people themselves overwrite or delete meanwhile."""
        return {
            self.files[side][path][1]
            for _, side, path, _ in self.meanwhile
            if path in self.files[side]
        }

    def settle(self):
        for _ in range(12):
            plan = self.checked_round()
            if plan.moves_nothing and not plan.undecided:
                return plan
        raise AssertionError("it does not come to rest")


def play(steps):
    world = World()
    for step in steps:
        if step[0] == "sync":
            world.settle()
        elif step[0] == "round":
            world.checked_round()
        elif step[0] == "forget":
            world.base.clear()
        else:
            world.edit(*step)
    return world


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_both_sides_agree_in_the_end(steps):
    world = play(steps)
    plan = world.settle()
    trees = [
        {path: each for path, each in files.items() if path not in plan.blocked}
        for files in world.files.values()
    ]
    blocked_above = {each for path in plan.blocked for each in [path, *above(path)]}
    for tree in trees:
        for path in blocked_above:
            tree.pop(path, None)
    assert {path: each[1] for path, each in trees[0].items()} == {
        path: each[1] for path, each in trees[1].items()
    }


@settings(max_examples=150, deadline=None)
@given(STEPS, st.lists(st.one_of(WRITE, DELETE), max_size=6), STEPS)
def test_nothing_is_lost_that_one_side_changed_last(before, meanwhile, after):
    world = play(before)
    world.meanwhile = meanwhile
    world.checked_round()
    for step in after:
        if step[0] in {"write", "delete"}:
            world.edit(*step)
    world.settle()


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_at_rest_nothing_is_done(steps):
    world = play(steps)
    world.settle()
    assert world.round().moves_nothing


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_without_a_common_state_nothing_is_deleted(steps):
    world = play(steps)
    world.base.clear()
    assert world.round().deletes == []
