"""The search: every state once, the shortest story first."""

import random
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from metacontroller_offline.callers import Hooks
from metacontroller_offline.clock import Clock
from metacontroller_offline.explorer.choices import PRICES, Budget, Choice, Edit
from metacontroller_offline.explorer.cycles import cycles
from metacontroller_offline.explorer.invariants import BrokenError, Invariant, Memory, checked
from metacontroller_offline.explorer.moves import Moves
from metacontroller_offline.explorer.report import Counterexample, Report
from metacontroller_offline.explorer.rest import SETTLES, Rest
from metacontroller_offline.explorer.steps import Step
from metacontroller_offline.explorer.walks import Walker, shortened
from metacontroller_offline.explorer.world import World
from metacontroller_offline.objects import Manifest
from metacontroller_offline.saving import Saved
from metacontroller_offline.scenario import Outcome

_SAMPLES = 10
"""Of how many states that are left it is seen how they rest."""


@dataclass(frozen=True)
class _State:
    saved: Saved
    memories: tuple[Memory, ...]
    key: bytes
    depth: int


class _Taken(NamedTuple):
    """A choice that was taken: what it did, how else it might have gone, and where a sync led."""

    step: Step | None
    variants: list[Choice]
    after: Saved


class Explorer:
    """Goes through the states that a world can come to.

    Args:
        manifests: CRDs, controllers and objects, which are applied in their order.
        versions: the hooks; of several, which are versions, the first until an upgrade.
        budget: how often what is not the usual course may happen on the way to a state.
        invariants: what is to hold.
        edits: what a person may change.
        outcomes: what may become of a Pod in place of success.
        deletable: the names of the kinds whose objects others may delete.
        lag: how many changes of one kind a cache may not have seen.
        lagging: the names of the kinds whose caches may lag.
        clock: gives the time; the hooks may read it too.
        settled: objects that were applied before, and came to rest in the usual course.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest],
        versions: Sequence[Hooks],
        *,
        budget: Budget,
        invariants: Sequence[Invariant] = (),
        edits: Sequence[Edit] = (),
        outcomes: Sequence[Outcome] = (),
        deletable: Collection[str] = (),
        lag: int = 0,
        lagging: Collection[str] = (),
        clock: Clock | None = None,
        settled: Iterable[Manifest] = (),
    ) -> None:
        self.world = World(
            manifests,
            versions,
            budget=budget,
            lag=lag,
            lagging=lagging,
            clock=clock,
            settled=settled,
        )
        self.budget = budget
        self._moves = Moves(self.world, edits=edits, outcomes=outcomes, deletable=deletable)
        self._invariants = tuple(invariants)
        self._came_from: dict[bytes, tuple[bytes, Choice]] = {}
        self._usual: dict[bytes, list[bytes]] = {}
        self._rest = Rest(self.world, self._moves, self._invariants)
        self._start = self._state(tuple(each.memory for each in self._invariants), 0)
        self._report = Report()

    def exhaust(
        self,
        *,
        states: int = 1_000_000,
        seconds: float = 3600.0,
        progress: Callable[[Report], None] | None = None,
    ) -> Report:
        """Go through all states, those with the shortest stories first.

        Args:
            states: after how many it stops.
            seconds: after how long it stops.
            progress: is shown the report now and then.
        """
        started = time.monotonic()
        frontier = deque([self._start])
        self._came_from = {self._start.key: (b"", Choice("start"))}
        self._usual = {}
        report = self._report = Report(states=1)
        try:
            while frontier and report.states < states and report.seconds < seconds:
                frontier.extend(self._expand(frontier.popleft()))
                report.seconds = time.monotonic() - started
                if progress is not None:
                    progress(report)
            self._expect_an_end(frontier)
        except _FoundError as found:
            report.counterexample = found.counterexample
        report.left = len(frontier)
        report.rests = self._rest.count
        report.hook_calls = self.world.hooks.calls
        report.seconds = time.monotonic() - started
        return report

    def _expand(self, state: _State) -> Iterator[_State]:
        """Yield the states that come next and were not seen yet."""
        self.world.load(state.saved)
        choices = list(self._moves.choices())
        failed = {Choice("sync", item) for item in self.world.metacontroller.failed()}
        if not any(each.what not in PRICES and each not in failed for each in choices):
            self._expect_rest(state)
            self.world.load(state.saved)
        syncs = []
        for choice in choices:
            if choice.what == "sync":
                syncs.append(self._taken(state, choice))
                if self._is_quiet(syncs[-1]):
                    yield from self._reached(state, syncs[-1]._replace(variants=[]))
                    return
        for taken in syncs:
            self.world.load(taken.after)
            yield from self._reached(state, taken)
        for choice in choices:
            if choice.what != "sync":
                yield from self._reached(state, self._taken(state, choice))

    def _taken(self, state: _State, choice: Choice) -> _Taken:
        """Let a choice happen in a state; the world stays where that led to."""
        self.world.load(state.saved)
        step = self._moves.take(choice)
        variants = self._moves.variants(choice, state.saved[0]) if step else []
        return _Taken(step, variants, self.world.save() if choice.what == "sync" else ())

    def _is_quiet(self, taken: _Taken) -> bool:
        """Say whether a sync changed nothing.

        Then it may come first, and nothing else needs to be tried in this state: whatever would
        make the sync write something wakes its parent again.
        """
        step = taken.step
        return step is not None and not step.writes and not self.world.metacontroller.failures()

    def _reached(self, state: _State, taken: _Taken) -> Iterator[_State]:
        """Yield the state that a choice led to, which is the present one, and its variants'."""
        if taken.step is None:
            return
        new = self._arrive(state, taken.step)
        if new is not None:
            yield new
        for variant in taken.variants:
            yield from self._reached(state, self._taken(state, variant))

    def _arrive(self, state: _State, step: Step) -> _State | None:
        report = self._report
        report.steps += 1
        report.choices[step.choice.what] = report.choices.get(step.choice.what, 0) + 1
        try:
            memories = checked(self._invariants, step, state.memories)
        except BrokenError as broken:
            raise _FoundError(self._traced(state.key, [step.choice], broken)) from None
        new = self._state(memories, state.depth + 1)
        is_usual = step.choice.what not in PRICES and step.is_fair
        if is_usual and not self.world.metacontroller.failed():
            self._usual.setdefault(state.key, []).append(new.key)
        if new.key in self._came_from:
            return None
        self._came_from[new.key] = (state.key, step.choice)
        report.states += 1
        report.depth = max(report.depth, new.depth)
        return new

    def _state(self, memories: tuple[Memory, ...], depth: int) -> _State:
        remembered = repr([_sorted(each) for each in memories]).encode()
        digest = blake2b(self.world.key() + remembered, digest_size=16).digest()
        return _State(self.world.save(), memories, digest, depth)

    def _expect_an_end(self, left: Sequence[_State]) -> None:
        """Check that no state comes back to itself, and how some of those that are left rest."""
        again = next(cycles(self._usual), None)
        if again is not None:
            problem = "It comes back to a state that it was in, though nothing happened."
            raise _FoundError(self._traced(again, (), BrokenError(SETTLES, problem)))
        for state in list(left)[:: max(1, len(left) // _SAMPLES)]:
            self.world.load(state.saved)
            self._expect_rest(state)

    def _expect_rest(self, state: _State) -> None:
        """Let the usual course run from a state, which is the present one, until it rests."""
        try:
            self._rest.expect()
        except BrokenError as broken:
            raise _FoundError(self._traced(state.key, broken.tail, broken)) from None

    # Stories.

    def _traced(self, key: bytes, tail: Sequence[Choice], broken: BrokenError) -> Counterexample:
        """Return the way to a broken promise, taken again from the start."""
        choices: list[Choice] = []
        while key != self._start.key:
            key, choice = self._came_from[key]
            choices.append(choice)
        self.world.load(self._start.saved)
        taken = [self._moves.take(each) for each in [*reversed(choices), *tail]]
        invariant, steps = broken.invariant, tuple(each for each in taken if each is not None)
        return Counterexample(invariant.name, invariant.promise, broken.problem, steps)

    def replay(self, choices: Iterable[Choice]) -> Counterexample | None:
        """Take choices one after the other; return what they break, if they do.

        Args:
            choices: as a counterexample has them; its test calls this.

        Raises:
            LookupError: one of them cannot be taken where it is.
        """
        self.world.load(self._start.saved)
        memories, steps = self._start.memories, []
        try:
            for choice in choices:
                step = self._moves.take(choice)
                if step is not None:
                    steps.append(step)
                    memories = checked(self._invariants, step, memories)
            self._rest.expect()
        except BrokenError as broken:
            steps += [step for each in broken.tail if (step := self._moves.take(each))]
            invariant = broken.invariant
            return Counterexample(invariant.name, invariant.promise, broken.problem, tuple(steps))
        return None

    def walk(self, *, seed: int, walks: int, length: int) -> Report:
        """Take random ways, longer than a search of every state reaches.

        Args:
            seed: of the random numbers: the same seed takes the same ways.
            walks: how many there are.
            length: how many choices each has at most.

        Returns:
            the report; of what a walk breaks, choices are left out as long as it stays broken.
        """
        walker, started = Walker(self.world, self._moves, self._start.saved), time.monotonic()
        for _ in range(walks):
            choices = walker.wander(random.Random(seed), length)  # noqa: S311 - no secret
            seed += 1
            found = self.replay(choices)
            if found is not None:
                walker.report.counterexample = shortened(choices, found, self.replay)
                break
        walker.report.hook_calls = self.world.hooks.calls
        walker.report.seconds = time.monotonic() - started
        return walker.report


def _sorted(memory: Memory) -> Memory:
    return sorted(memory) if isinstance(memory, frozenset) else memory


class _FoundError(Exception):
    """The search has found a broken promise."""

    def __init__(self, counterexample: Counterexample) -> None:
        super().__init__(counterexample.problem)
        self.counterexample = counterexample
