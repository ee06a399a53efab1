"""A Notebook: a development environment on a Model's hardware, whose work outlives its Pod."""

from datetime import datetime

from pydantic import ValidationError

from hooks import names, patches
from hooks.api import Model, Notebook, explain
from hooks.children.claim import make_claim
from hooks.children.notebook_statefulset import PORT, TrainingData, make_notebook_statefulset
from hooks.children.service import make_service
from hooks.children.training import with_defaults
from hooks.conditions import Violation
from hooks.platform.sizing import Fit, Role
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import asked, served_model, workload
from hooks.sync.answer import answer, everything, invalid, named
from hooks.sync.desired import Desired, Rule
from hooks.sync.observed import Manifest, Objects, Observed

KIND = "Notebook"
RUNNING = workload.Words(
    "Running",
    Reason.NOTEBOOK_NOT_READY,
    Reason.RUNNING,
    "The notebook",
    Violation(
        Reason.SUSPENDED, "spec.suspend is true: no Pod runs. The claim and what is on it are kept."
    ),
)


def sync(
    parent: Manifest, children: Objects, related: Objects, *, settings: Settings, now: datetime
) -> Desired:
    """Return a Notebook's status and children.

    Args:
        parent: the Notebook.
        children: its StatefulSet, Service and claim, as they are.
        related: what `customize` asks for.
        settings: what differs between clusters.
        now: the time, for the conditions.
    """
    observed = Observed(parent, children, related, now)
    try:
        notebook = Notebook.model_validate(parent)
    except ValidationError as error:
        types = (served_model.TYPE, RUNNING.type)
        return invalid(observed, explain(error), types=types)
    served = served_model.find(notebook.spec.model_name, observed)
    wanted = _wanted(notebook, served, observed, settings)
    return answer(
        observed,
        steps=[
            served_model.condition(served, notebook.spec.model_name, runs=bool(wanted.children)),
            workload.running(wanted, observed, RUNNING),
        ],
        fields={},
        children=[*wanted.children, *everything(observed)],
        settings=settings,
    )


def customize(parent: Manifest) -> list[Rule]:
    """Return what a Notebook must see: its Model, its Pod, and who holds its names."""
    name = names.notebook(parent["metadata"]["name"])
    return [
        named(parent, "v1", "pods", names.only_pod(name)),
        *served_model.rules(parent),
        named(parent, "apps/v1", "statefulsets", name),
        named(parent, "v1", "services", name),
        named(parent, "v1", "persistentvolumeclaims", name),
    ]


def _wanted(
    notebook: Notebook,
    served: served_model.Served | Violation,
    observed: Observed,
    settings: Settings,
) -> workload.Wanted:
    fit = _unmountable(served, settings) or served_model.fit(served, Role.NOTEBOOK, settings)
    sources = asked.sources(notebook.spec, settings)
    beside = [_service(notebook), _claim(notebook, settings)]
    fresh: Manifest | Violation | None = fit if isinstance(fit, Violation) else None
    if isinstance(served, served_model.Served) and isinstance(fit, Fit):
        fresh = patches.apply(_stateful_set(notebook, served, fit, settings), sources)
    return workload.desired(
        fresh,
        [patches.apply(each, sources) for each in beside],
        observed,
        name=names.notebook(notebook.metadata.name),
        replicas=_replicas(notebook),
    )


def _stateful_set(
    notebook: Notebook, served: served_model.Served, fit: Fit, settings: Settings
) -> Manifest:
    metadata = _metadata(notebook)
    return make_notebook_statefulset(
        metadata,
        fit,
        image=served.image,
        claim=metadata["name"],
        replicas=_replicas(notebook),
        env=notebook.spec.env,
        pod_labels=_owner_labels(notebook),
        data=_data(served.model),
        settings=settings,
    )


def _replicas(notebook: Notebook) -> int:
    return 0 if notebook.spec.suspend else 1


def _data(model: Model) -> TrainingData | None:
    """Return the Dataset that a trained Model was made of, as its own status tells."""
    made_of = model.status.provenance
    if made_of is None or made_of.dataset is None:
        return None
    return TrainingData(made_of.dataset.url, with_defaults(made_of.params))


def _unmountable(served: served_model.Served | Violation, settings: Settings) -> Violation | None:
    """Return that the Dataset of a trained Model cannot be mounted here."""
    data = _data(served.model) if isinstance(served, served_model.Served) else None
    problem = settings.storage.problem(data.dataset_url) if data else None
    if problem is None:
        return None
    return Violation(Reason.DATASET_NOT_READY, f"The Model's Dataset cannot be mounted. {problem}")


def _service(notebook: Notebook) -> Manifest:
    return make_service(_metadata(notebook), port=PORT, selector=_owner_labels(notebook))


def _claim(notebook: Notebook, settings: Settings) -> Manifest:
    return make_claim(_metadata(notebook), settings.claims.notebook_size, settings.claims)


def _metadata(notebook: Notebook) -> Manifest:
    return {
        "name": names.notebook(notebook.metadata.name),
        "namespace": notebook.metadata.namespace,
        "labels": names.labels(KIND, notebook.metadata.name, "notebook"),
    }


def _owner_labels(notebook: Notebook) -> dict[str, str]:
    return names.owner_labels(KIND, notebook.metadata.name)
