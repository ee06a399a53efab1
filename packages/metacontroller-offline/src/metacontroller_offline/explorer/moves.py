"""What may happen in a state, and making it happen."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from metacontroller_offline.agenda import action_name
from metacontroller_offline.cache import Group
from metacontroller_offline.controller import QueueKey
from metacontroller_offline.errors import ApiError, HookDefect
from metacontroller_offline.explorer.choices import Budget, Choice, Edit
from metacontroller_offline.explorer.faults import StoppedError
from metacontroller_offline.explorer.steps import Step
from metacontroller_offline.explorer.world import World
from metacontroller_offline.objects import Ref
from metacontroller_offline.scenario import NeverReady, Outcome, Succeeds

_TICK = timedelta(seconds=1)
_BREAKS_WRITES = {"refuse", "conflict", "stop"}


class Moves:
    """Moves a world from a state to the next.

    Args:
        world: what is moved.
        edits: what a person may change.
        outcomes: what may become of a Pod in place of success.
        deletable: the names of the kinds whose objects others may delete.
    """

    def __init__(
        self,
        world: World,
        *,
        edits: Sequence[Edit] = (),
        outcomes: Sequence[Outcome] = (),
        deletable: Collection[str] = (),
    ) -> None:
        self._world = world
        self._edits = {each.name: each for each in edits}
        self._outcomes = {str(each): each for each in outcomes}
        self._deletable = frozenset(deletable)

    # What may happen.

    def choices(self) -> Iterator[Choice]:
        """Yield what may happen, but for the variants that only a choice itself shows."""
        yield from self.usual()
        for choice in self._unusual():
            if self._world.budget.has(choice.what):
                yield choice

    def usual(self) -> Iterator[Choice]:
        """Yield what happens by itself, now."""
        for group in self._world.cache.waiting():
            yield Choice("deliver", " ".join(group))
        for item in self._world.metacontroller.waiting():
            yield Choice("sync", item)
        if self._world.cluster.has_deletions():
            yield Choice("collect")
        now = self._world.clock.now()
        entries = self._world.agenda.entries()
        for name in dict.fromkeys(action_name(each) for due, each in entries if due <= now):
            yield Choice("step", name)

    def _unusual(self) -> Iterator[Choice]:
        for key in sorted(self._world.cluster.objects()):
            if key.kind in self._deletable:
                yield Choice("delete", key)
        for name in self._edits:
            yield Choice("edit", name)
        yield Choice("restart")
        for group in self._world.cache.recent():
            yield Choice("restart", " ".join(group))
        yield Choice("upgrade")
        if self.next_due() is not None:
            yield Choice("wait")

    def variants(self, choice: Choice, budget: Budget) -> list[Choice]:
        """Return how the choice that was just taken might have gone in other ways.

        Args:
            choice: what was taken.
            budget: what there was before.
        """
        return [other for other in self._variants(choice) if budget.has(other.what)]

    def _variants(self, choice: Choice) -> Iterator[Choice]:
        world = self._world
        if choice.what == "sync" and world.calls:
            yield replace(choice, what="error")
            for number in range(world.writes.made):
                yield replace(choice, what="refuse", how=str(number))
                yield replace(choice, what="conflict", how=str(number))
                if number:
                    yield replace(choice, what="stop", how=str(number))
        if choice.what == "step" and world.fates.asked is not None:
            runs_once = world.fates.asked["spec"].get("restartPolicy") != "Always"
            for name, outcome in self._outcomes.items():
                if runs_once or isinstance(outcome, NeverReady):
                    yield replace(choice, what="fail", how=name)

    def next_due(self) -> datetime | None:
        """Return when the first thing is due that is not due yet."""
        now = self._world.clock.now()
        due = [time for time, _ in self._world.agenda.entries() if time > now]
        due += [time for time in self._world.metacontroller.queue.later().values() if time > now]
        return min(due, default=None)

    # Making it happen.

    def take(self, choice: Choice) -> Step | None:
        """Let something happen; return what it did, or None if the API server refuses it."""
        world = self._world
        before = world.cluster.objects()
        for each in (world.calls, world.events, world.timeline.events):
            each.clear()
        world.fates.asked = None
        breaks = choice.what in _BREAKS_WRITES
        world.writes.arm(choice.what if breaks else "", int(choice.how) if breaks else 0)
        world.budget = world.budget.paid(choice.what)
        defect, is_fair = "", choice.what == "deliver" or not world.cache.waiting()
        try:
            self._act(choice)
        except ApiError:
            return None
        except HookDefect as error:
            defect = str(error)
        story = tuple(f"{each.kind} {each.name}: {each.what}" for each in world.timeline.events)
        return Step(
            choice,
            before,
            world.cluster.objects(),
            tuple(world.calls),
            tuple(world.events),
            story,
            defect,
            is_fair,
        )

    def _act(self, choice: Choice) -> None:
        world, target = self._world, choice.target
        match choice.what:
            case "deliver":
                world.cache.deliver(_group(target))
            case "step" | "fail":
                world.fates.chosen = self._outcomes.get(choice.how, Succeeds())
                world.agenda.take(str(target))
            case "delete" if isinstance(target, Ref):
                world.cluster.delete(target, by="somebody")
            case "edit":
                self._edits[str(target)].make(world.cluster)
            case "collect":
                world.cluster.finish_deletions()
            case "restart":
                self._restart(_group(target) if target else None)
            case "upgrade":
                world.hooks.version += 1
                self._restart()
            case "wait":
                world.clock.advance_to(self.next_due() or world.clock.now())
                world.metacontroller.queue.release()
            case _:
                self._sync(choice)

    def _sync(self, choice: Choice) -> None:
        world = self._world
        controller, key = cast("QueueKey", choice.target)
        world.hooks.fails = choice.what == "error"
        try:
            world.metacontroller.sync((controller, key))
        except StoppedError:
            self._restart()
        finally:
            world.hooks.fails = False
        if any(each.old is None for each in world.events):
            # What is made by two calls is not of one age.
            world.clock.advance(_TICK)

    def _restart(self, behind: Group | None = None) -> None:
        self._world.cache.catch_up(behind)
        self._world.metacontroller.forget()


def _group(target: QueueKey | Ref | str) -> Group:
    api_version, _, kind = str(target).partition(" ")
    return api_version, kind
