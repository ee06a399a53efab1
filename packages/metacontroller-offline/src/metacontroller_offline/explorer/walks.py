"""Random ways through the states, and making short what they find."""

import random
from collections.abc import Callable, Sequence

from metacontroller_offline.explorer.choices import Choice
from metacontroller_offline.explorer.moves import Moves
from metacontroller_offline.explorer.report import Counterexample, Report
from metacontroller_offline.explorer.world import World
from metacontroller_offline.saving import Saved

_ODD = 0.2
"""How often a random walk takes what is not the usual course."""


class Walker:
    """Takes random choices.

    Args:
        world: what is moved.
        moves: move it.
        start: where each walk begins.
    """

    def __init__(self, world: World, moves: Moves, start: Saved) -> None:
        self.report = Report()
        self._world = world
        self._moves = moves
        self._start = start

    def wander(self, chance: random.Random, length: int) -> list[Choice]:
        """Return choices that can be taken one after the other."""
        taken: list[Choice] = []
        self._world.load(self._start)
        while len(taken) < length and (choice := self._next(chance)):
            moment = self._world.save()
            if self._moves.take(choice) is None:
                self._world.load(moment)
                taken.append(choice)
                continue
            variants = self._moves.variants(choice, moment[0])
            if variants and chance.random() < _ODD:
                choice = chance.choice(variants)
                self._world.load(moment)
                self._moves.take(choice)
            taken.append(choice)
            self.report.steps += 1
            self.report.choices[choice.what] = self.report.choices.get(choice.what, 0) + 1
        self.report.depth = max(self.report.depth, len(taken))
        return taken

    def _next(self, chance: random.Random) -> Choice | None:
        usual = list(self._moves.usual())
        others = [each for each in self._moves.choices() if each not in usual]
        if not usual and not others:
            return None
        is_odd = not usual or chance.random() < _ODD
        return chance.choice(others if is_odd and others else usual)


def shortened(
    choices: Sequence[Choice],
    found: Counterexample,
    replay: Callable[[Sequence[Choice]], Counterexample | None],
) -> Counterexample:
    """Return the same broken promise by fewer choices, as long as leaving one out keeps it.

    Args:
        choices: what led to it.
        found: the broken promise.
        replay: takes choices, and returns what they break.
    """
    at = 0
    while at < len(choices):
        fewer = [*choices[:at], *choices[at + 1 :]]
        try:
            again = replay(fewer)
        except LookupError:
            again = None
        if again is not None and again.invariant == found.invariant:
            choices, found = fewer, again
        else:
            at += 1
    return found
