"""Notebook: a StatefulSet runs the Model's `notebook.sh`, with the work on a claim."""

from hooks import names
from hooks.address import Address
from hooks.api import Model, Notebook
from hooks.children.notebook_claim import make_notebook_claim
from hooks.children.notebook_service import make_notebook_service
from hooks.children.notebook_statefulset import make_notebook_statefulset
from hooks.children.training import TrainingData, with_defaults
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.platform import sizing
from hooks.platform.sizing import Fit
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import served_model, workloads
from hooks.steps.outcome import Outcome
from hooks.steps.patched import patched
from hooks.steps.served_model import Served
from hooks.steps.template_inputs import notebook_inputs
from hooks.steps.workloads import Workload

_SUSPENDED = Violation(
    Reason.SUSPENDED, "spec.suspend is true: no Pod runs. The claim and what is on it are kept."
)


def run_notebook(
    notebook: Notebook, served: Served | Violation, observed: Observed, settings: Settings
) -> Outcome:
    """Return what has become of the notebook.

    Args:
        notebook: the Notebook.
        served: its Model, or why that cannot be run.
        observed: the call.
        settings: hardware, storage and claims.
    """
    owner = Owner.of(observed.parent)
    workload = Workload(
        Step.NOTEBOOK,
        names.notebook(owner.name),
        notebook.spec.wanted_replicas,
        none=_SUSPENDED,
        inputs=_inputs(notebook, served, settings),
    )
    weights = sizing.weights(served.model.spec) if isinstance(served, Served) else 0
    claim = make_notebook_claim(owner, weights, settings.claims)
    return workloads.advance(
        workload,
        observed,
        _stateful_set(owner, notebook, served, observed, settings),
        [
            patched(child, notebook.spec, settings)
            for child in (make_notebook_service(owner), claim)
        ],
    )


def _inputs(notebook: Notebook, served: Served | Violation, settings: Settings) -> str | None:
    if isinstance(served, Violation):
        return None
    return notebook_inputs(notebook.spec, served, _training_data(served.model), settings)


def _stateful_set(
    owner: Owner,
    notebook: Notebook,
    served: Served | Violation,
    observed: Observed,
    settings: Settings,
) -> Manifest | Violation | None:
    if isinstance(served, Violation):
        return None
    data = _training_data(served.model)
    fit = (
        _without_script(served)
        or _unmountable(data, settings)
        or served_model.fit(served, Step.NOTEBOOK, settings)
    )
    refused = served_model.not_shared(
        served, observed, names.notebook(owner.name), notebook.spec.wanted_replicas, settings
    )
    if refused:
        return refused
    if not isinstance(fit, Fit):
        return fit
    stateful_set = make_notebook_statefulset(
        owner,
        notebook.spec,
        served.image,
        fit,
        settings,
        data=data,
        weights=served.weights,
    )
    return patched(stateful_set, notebook.spec, settings)


def _training_data(model: Model) -> TrainingData | None:
    """Return the Dataset that a trained Model was made of, as its own status says."""
    provenance = model.status.provenance
    if provenance is None or provenance.dataset is None:
        return None
    return TrainingData(Address(provenance.dataset.url), with_defaults(provenance.params))


def _without_script(served: Served) -> Violation | None:
    """Return that what serves the Model is a stock image, which has no script for one."""
    runtime = served.model.status.runtime
    if runtime is None:
        return None
    return Violation(
        Reason.NOT_SUPPORTED,
        f"Model {served.model.metadata.name} is served by runtime {runtime}, whose image has no "
        "notebook.sh. Open a Notebook of a Model that is built, given as an image or trained.",
    )


def _unmountable(data: TrainingData | None, settings: Settings) -> Violation | None:
    """Return that the Dataset of a trained Model cannot be mounted here."""
    problem = settings.storage.problem(data.dataset.url) if data else None
    if problem is None:
        return None
    return Violation(Reason.DATASET_NOT_READY, f"The Model's Dataset cannot be mounted. {problem}")
