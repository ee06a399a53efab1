"""Faults that are put into the hooks, to see whether the explorer finds them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from hooks.observe import claims, jobs
from hooks.steps import runs, workloads
from hooks.sync import trained_model
from tests.explorer.cases import SERVED, TRAINED, Budget, Case, base, dataset, tuned


class Fault(NamedTuple):
    """A function that is replaced.

    Attributes:
        places: the modules that use it.
        name: its name.
        instead: what is called in its place.
        case: what is explored.
    """

    places: Sequence[Any]
    name: str
    instead: Callable[..., Any]
    case: Case


def _nothing(*_args: object, **_options: object) -> None:
    return None


def _no_list(*_args: object, **_options: object) -> list[Any]:
    return []


def _no_set(*_args: object) -> set[Any]:
    return set()


def _always(*_args: object) -> bool:
    return True


_EDITED = Case(TRAINED, Budget(), {"epochs: 9": [tuned(9)], "epochs: 2": [tuned(2)]})
_STALE = Case(TRAINED, Budget(stops=1), {"new file": [dataset("y.jsonl")]}, lag=2)
_STALE_EDIT = Case(
    TRAINED, Budget(stops=1), {"epochs: 9": [tuned(9)], "epochs: 2": [tuned(2)]}, lag=1
)
_SERVED = Case(SERVED, Budget(), {"branch: next": [base("next")]})
_EVICTED = Case([base()], Budget(failures=3))
_FAILING = Case([base()], Budget(failures=1))
_DELETED = Case([dataset()], Budget(deletions=1))

FAULTS: Mapping[str, Fault] = {
    "an older view supersedes a newer one": Fault([jobs, runs], "supersedes", _always, _STALE),
    "a Job begins beside a Pod of its run": Fault([runs], "not_ended", _nothing, _DELETED),
    "a newer claim counts as the older one": Fault([claims], "_is_older", _always, _STALE_EDIT),
    "no claim of a result is kept": Fault([claims], "of_results", _no_list, _EDITED),
    "what runs is not kept": Fault([trained_model], "still_running", _no_list, _STALE_EDIT),
    "a Job that is complete is not seen": Fault([runs], "complete", _nothing, _EDITED),
    "no Job is the present one": Fault([runs], "_current", _nothing, _FAILING),
    "a claim that is in use is not": Fault([claims], "_in_use", _no_set, _STALE_EDIT),
    "a server goes while its Model is built again": Fault(
        [workloads], "_as_it_runs", _no_list, _SERVED
    ),
    "a Pod may be evicted forever": Fault([runs], "evicted", _nothing, _EVICTED),
}
"""Each fault by what it does."""


@contextmanager
def broken(fault: Fault) -> Iterator[None]:
    """Let the hooks have a fault."""
    with ExitStack() as stack:
        for place in fault.places:
            stack.enter_context(patch.object(place, fault.name, fault.instead))
        yield
