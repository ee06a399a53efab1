"""What is explored: small sets of objects, and what may happen to them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from metacontroller_offline.explorer import Budget, Explorer

from hooks.settings import Settings
from substratus.commands.explore.explore import explorer

Manifest = dict[str, Any]
SIZE = {"parameterCount": 125_000_000, "parameterBits": 16}


def _object(kind: str, name: str, spec: Manifest) -> Manifest:
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "substratus.ai/v1", "kind": kind, "metadata": metadata, "spec": spec}


def base(branch: str = "main") -> Manifest:
    """Return a Model that is built from git."""
    git = {"url": "https://github.com/acme/base", "branch": branch}
    return _object("Model", "base", {"source": {"git": git}, "size": SIZE})


def dataset(filename: str = "x.jsonl") -> Manifest:
    """Return a Dataset."""
    git = {"url": "https://github.com/acme/data"}
    return _object("Dataset", "data", {"source": {"git": git}, "filename": filename})


def tuned(epochs: int = 2) -> Manifest:
    """Return a Model that is trained from the base on the Dataset."""
    training = {"datasetName": "data", "params": {"epochs": epochs}}
    spec = {"source": {"modelName": "base"}, "training": training, "size": SIZE}
    return _object("Model", "tuned", spec)


def server(model: str = "base") -> Manifest:
    """Return a ModelServer."""
    return _object("ModelServer", "server", {"modelName": model})


def notebook(*, suspend: bool = False) -> Manifest:
    """Return a Notebook in the base Model's image."""
    return _object("Notebook", "notebook", {"modelName": "base", "suspend": suspend})


class Case(NamedTuple):
    """Objects, changes of them, and how much may go wrong."""

    objects: Sequence[Manifest]
    budget: Budget
    changes: Mapping[str, Sequence[Manifest]] = {}
    lag: int = 0

    def explorer(self, settings: Settings | None = None) -> Explorer:
        """Return the search."""
        return explorer(
            self.objects,
            settings or Settings(),
            changes=self.changes,
            budget=self.budget,
            lag=self.lag,
        )


def _epochs(*values: int) -> dict[str, Sequence[Manifest]]:
    return {f"epochs: {value}": [tuned(value)] for value in values}


TRAINED = (base(), dataset(), tuned())
SERVED = (base(), server())

SMALL: Mapping[str, Case] = {
    "a Dataset whose Pods fail": Case([dataset()], Budget(failures=1)),
    "a Model, stops and refused writes": Case([base()], Budget(stops=1, refusals=1, errors=1)),
    "a ModelServer beside its Model": Case(SERVED, Budget(failures=1)),
    "a training that is edited and edited back": Case(TRAINED, Budget(), _epochs(9, 2)),
    "a Notebook that is suspended and resumed": Case(
        [base(), notebook()],
        Budget(),
        {"suspend": [notebook(suspend=True)], "resume": [notebook()]},
    ),
}
"""What every test run goes through."""

LARGE: Mapping[str, Case] = {
    "a Dataset, failures and deletions": Case([dataset()], Budget(failures=1, deletions=1)),
    "a Model, failures, stops, refusals and errors": Case(
        [base()], Budget(failures=1, stops=1, refusals=1, errors=1)
    ),
    "a ModelServer, failures and deletions": Case(SERVED, Budget(failures=1, deletions=1)),
    "a Notebook, deletions and stops": Case([base(), notebook()], Budget(deletions=1, stops=1)),
    "a training, three edits": Case(TRAINED, Budget(), _epochs(9, 2, 5)),
    "a training, two edits, caches that lag": Case(TRAINED, Budget(), _epochs(9, 2), lag=1),
    "a training, a new file, a stop, caches that lag": Case(
        TRAINED, Budget(stops=1), {"new file": [dataset("y.jsonl")]}, lag=2
    ),
    "a training, an edit, a failure and a deletion": Case(
        TRAINED, Budget(failures=1, deletions=1), _epochs(9)
    ),
    "everything together": Case([*TRAINED, server("tuned"), notebook()], Budget()),
}
"""What `make explore` goes through, each for as long as it is given."""
