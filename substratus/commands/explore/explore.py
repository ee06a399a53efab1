"""A search through all that may happen to a person's objects, and what it has covered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import click
from metacontroller_offline.clock import Clock
from metacontroller_offline.explorer import Budget, Edit, Explorer, Report
from metacontroller_offline.scenario import Evicted, ExitCode, NeverReady
from metacontroller_offline.store import Cluster

from hooks.settings import Settings
from substratus.commands.explore.promises import PROMISES
from substratus.manifests import controllers, crds
from substratus.objects import Manifest
from substratus.offline import START, DispatchCaller, surroundings
from substratus.terminal import counted, printed, progress

_OWN_KINDS = ("Dataset", "Model", "ModelServer", "Notebook")
_DELETABLE = ("Job", "Pod", "PersistentVolumeClaim", "StatefulSet")
_OUTCOMES = (ExitCode(1), Evicted(), NeverReady())


def explorer(
    objects: Sequence[Manifest],
    settings: Settings,
    *,
    changes: Mapping[str, Sequence[Manifest]],
    budget: Budget,
    lag: int,
) -> Explorer:
    """Return the search through what may happen to objects.

    Args:
        objects: they are new; where there are changes they have come to rest.
        settings: those of the hooks.
        changes: objects as somebody may change them, by the name of the change.
        budget: how much may go wrong; each change may be made once.
        lag: how many changes of our own kinds a cache may be behind.
    """
    clock = Clock(START)
    caller = DispatchCaller(settings)
    caller.now = clock.now
    around = [*surroundings(objects, settings)]
    given = [{key: each[key] for key in each if key != "status"} for each in objects]
    settled = [*around, *given] if changes else around
    return Explorer(
        [*crds(), *controllers(), *([] if changes else given)],
        [caller],
        budget=replace(budget, edits=len(changes)),
        invariants=PROMISES,
        edits=[Edit(name, partial(_apply, changed)) for name, changed in changes.items()],
        outcomes=_OUTCOMES,
        deletable=_DELETABLE if budget.deletions else (),
        lag=lag,
        lagging=_OWN_KINDS,
        clock=clock,
        settled=settled,
    )


def run(
    objects: Sequence[Manifest],
    settings: Settings,
    *,
    changes: Mapping[str, Sequence[Manifest]],
    budget: Budget,
    lag: int,
    seconds: float,
) -> int:
    """Search, say what was covered, and return the exit code: 1 if a promise is broken."""
    search = explorer(objects, settings, changes=changes, budget=budget, lag=lag)
    with progress("Exploring", int(seconds)) as bar:
        shown = 0

        def show(report: Report) -> None:
            nonlocal shown
            bar.update(int(report.seconds) - shown)
            shown = int(report.seconds)

        report = search.exhaust(seconds=seconds, progress=show)
    if report.counterexample is not None:
        click.echo(printed(str(report.counterexample)))
        return 1
    click.echo(
        f"No promise is broken in {counted(report.states, 'state')}, with {search.budget} on a way"
    )
    click.echo(f"and caches that lag by {counted(lag, 'change')}. {_coverage(report)}")
    for each in PROMISES:
        click.echo(f"  {each.promise}")
    return 0


def _apply(changed: Sequence[Manifest], cluster: Cluster) -> None:
    for each in changed:
        cluster.apply(each)


def _coverage(report: Report) -> str:
    if report.is_exhaustive:
        return "Every such state was looked at."
    return (
        f"The time was over: {counted(report.left, 'state')} were not continued. "
        "All with shorter stories were; --seconds gives it more."
    )
