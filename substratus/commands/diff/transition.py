"""A change made to an offline cluster where all that was asked for before is there and complete."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from metacontroller_offline import Ref, Simulation

from hooks.settings import Settings
from substratus.commands.diff.changes import Children
from substratus.commands.diff.kept import as_made_now
from substratus.objects import Key, key
from substratus.offline import DispatchCaller, Rendered, prepare, ready, settled, simulation
from substratus.rendering import is_up

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """What is asked for: objects, and the settings of the hooks."""

    objects: list[Manifest]
    settings: Settings


@dataclass(frozen=True)
class Transition:
    """The children before and after, the objects that go, and those not ready in the end.

    What keeps its template has in `after` the one that it would take with its next change.
    """

    before: Children
    after: Children
    gone: list[Key]
    incomplete: list[tuple[Manifest, Manifest]]


def transition(old: Version, new: Version) -> Transition:
    """Return what a cluster with all of `old` would have after a change to `new`.

    The hooks are asked as Metacontroller asks them. What is not in `new` is deleted. With other
    settings every object is looked at again, as it is when the hook server has rolled.
    """
    rendered, caller = Rendered(), DispatchCaller(old.settings)
    sim = simulation(old.objects, caller=caller, settings=old.settings, rendered=rendered)
    settled(sim, old.objects)
    before = _standing(sim, rendered)
    caller.settings = new.settings
    if new.settings != old.settings:
        sim.metacontroller.restart()
    gone = _gone(old.objects, new.objects)
    for each in gone:
        sim.cluster.delete(_ref(each))
    prepare(sim, new.objects, new.settings)
    for each in new.objects:
        sim.cluster.apply({name: each[name] for name in each if name != "status"})
    settled(sim, new.objects)
    standing = _standing(sim, rendered)
    after = as_made_now(standing, rendered.requests.values(), new.settings, sim.clock.now())
    incomplete = [each for each in ready(sim, new.objects) if not is_up(each[1])]
    return Transition(before, after, [*map(key, gone)], incomplete)


def _gone(old: Iterable[Manifest], new: Iterable[Manifest]) -> list[Manifest]:
    kept = {key(each) for each in new}
    return [each for each in old if key(each) not in kept]


def _ref(manifest: Manifest) -> Ref:
    metadata = manifest["metadata"]
    return Ref(manifest["apiVersion"], manifest["kind"], metadata["namespace"], metadata["name"])


def _standing(sim: Simulation, rendered: Rendered) -> Children:
    """Return the children that are there, as the hooks last asked for them."""
    return {
        place: child
        for place, child in rendered.children.items()
        if sim.cluster.read(_ref(child)) is not None
    }
