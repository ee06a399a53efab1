"""A Notebook: a development environment on a Model's hardware, whose work outlives its Pod."""

from datetime import datetime

from pydantic import ValidationError

from hooks import names
from hooks.api import Notebook, explain
from hooks.manifest import Manifest, Objects
from hooks.observe.related import Rule, named
from hooks.observe.request import Observed
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import served_model
from hooks.steps.notebook import run_notebook
from hooks.sync.answer import Desired, answer, everything, invalid


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
        types = (served_model.TYPE, Step.NOTEBOOK.condition)
        return invalid(observed, explain(error), types=types)
    model = notebook.spec.model_name
    served = served_model.find(model, observed)
    running = run_notebook(notebook, served, observed, settings)
    return answer(
        observed,
        steps=[served_model.outcome(served, model, running.children), running],
        fields={},
        remaining=everything(observed),
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
