"""What becomes of a state when nothing more happens: it comes to rest, and rests as it should."""

from collections.abc import Collection, Sequence
from datetime import datetime

from metacontroller_offline.explorer.choices import Budget, Choice
from metacontroller_offline.explorer.invariants import BrokenError, Invariant
from metacontroller_offline.explorer.moves import Moves
from metacontroller_offline.explorer.world import HOUR, World
from metacontroller_offline.objects import Ref

_LONGEST = 3000
"""Steps of the usual course after which a state is said not to settle."""

SETTLES = Invariant("settles", "From every state it comes to rest once nothing more happens.")
FIXED = Invariant("fixed point", "At rest, a sync of any parent writes nothing.")
OBSERVED = Invariant("observed", "At rest, every status is of the present generation.")
ANSWERS = Invariant("answers", "At rest, the last sync of every parent has succeeded.")


class Rest:
    """Lets states come to rest, each once.

    Args:
        world: what is moved.
        moves: move it.
        invariants: what is to hold at rest.
    """

    def __init__(self, world: World, moves: Moves, invariants: Sequence[Invariant]) -> None:
        self.count = 0
        self._world = world
        self._moves = moves
        self._invariants = invariants
        self._known: set[bytes] = set()

    def expect(self) -> None:
        """Let the usual course run from the present state, until a state that is known to rest.

        Raises:
            BrokenError: it does not come to rest, or not as it should.
        """
        path: list[bytes] = []
        taken: list[Choice] = []
        tried: set[Choice] = set()
        limit = self._world.clock.now() + HOUR
        self._world.budget = Budget()
        while (key := self._world.key()) not in self._known:
            path.append(key)
            choice = self._next(limit, tried)
            if choice is None:
                self._check(taken)
                break
            taken.append(choice)
            step = self._moves.take(choice)
            tried = {*tried, choice} if step and not step.writes else set()
            if len(path) > _LONGEST:
                raise BrokenError(SETTLES, f"It still moves after {len(path)} steps.", taken)
        self._known.update(path)

    def _next(self, limit: datetime, tried: Collection[Choice]) -> Choice | None:
        """Return what happens next if nothing goes wrong; None if nothing does before the limit.

        What failed is not tried again while nothing has changed: it would fail again.
        """
        failed = {Choice("sync", item) for item in self._world.metacontroller.failed()}
        choice = next(
            (each for each in self._moves.usual() if each not in failed or each not in tried), None
        )
        due = self._moves.next_due()
        if choice is None and due is not None and due <= limit:
            return Choice("wait")
        return choice

    def _check(self, taken: Sequence[Choice]) -> None:
        """Check the present state, in which nothing more happens."""
        self.count += 1
        failures = self._world.metacontroller.failures()
        if failures:
            sentences = (f"{who}: {why}" for who, why in failures.items())
            raise BrokenError(ANSWERS, "; ".join(sentences), taken)
        for invariant in self._invariants:
            problem = invariant.at_rest(self._world.cluster.objects()) if invariant.at_rest else ""
            if problem:
                raise BrokenError(invariant, problem, taken)
        for item in self._world.metacontroller.everything():
            self._check_observed(item[1], taken)
            choice = Choice("sync", item)
            step = self._moves.take(choice)
            if step is not None and step.writes:
                written = ", ".join(str(each.ref) for each in step.writes)
                raise BrokenError(FIXED, f"A sync at rest writes {written}.", [*taken, choice])

    def _check_observed(self, key: Ref, taken: Sequence[Choice]) -> None:
        parent = self._world.cluster.read(key) or {"metadata": {}}
        observed = (parent.get("status") or {}).get("observedGeneration")
        generation = parent["metadata"].get("generation")
        if observed not in {None, generation}:
            raise BrokenError(OBSERVED, f"{key}: {observed} in place of {generation}.", taken)
