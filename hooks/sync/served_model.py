"""The Model that a ModelServer or a Notebook runs."""

from dataclasses import dataclass

from pydantic import ValidationError

from hooks.api import Model, explain
from hooks.conditions import Condition, Violation
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import upstream
from hooks.sync.answer import named
from hooks.sync.desired import Rule
from hooks.sync.observed import MODEL, Manifest, Observed

TYPE = "ModelReady"


@dataclass(frozen=True)
class Served:
    """A Model that can be run.

    Attributes:
        model: the Model.
        image: its image.
    """

    model: Model
    image: str


def find(name: str, observed: Observed) -> Served | Violation:
    """Return the Model, or why it cannot be run: it is missing, not ready, or has no image."""
    found = observed.relation(MODEL, name)
    violation = (
        upstream.missing(found, MODEL, name, Reason.MODEL_NOT_FOUND)
        or upstream.not_ready(found, Reason.MODEL_NOT_READY)
        or upstream.without_image(found, Reason.MODEL_NOT_READY)
    )
    if violation:
        return violation
    try:
        model = Model.model_validate(found)
    except ValidationError as error:
        return Violation(Reason.MODEL_NOT_READY, f"Model {name} is not valid: {explain(error)}")
    return Served(model, upstream.image(found))


def condition(served: Served | Violation, name: str, *, runs: bool) -> Condition:
    """Return the condition `ModelReady`.

    Args:
        served: from `find`.
        name: the Model's name.
        runs: whether something of it runs already, and so goes on.
    """
    if isinstance(served, Served):
        return Condition(TYPE, "True", Reason.MODEL_READY, f"Model {name} is ready.")
    kept = " What runs is kept as it is." if runs else ""
    return Condition(TYPE, served.status, served.reason, served.message + kept)


def fit(
    served: Served | Violation, role: sizing.Role, settings: Settings
) -> sizing.Fit | Violation | None:
    """Return what a Pod of this role gets, or that nothing can hold the Model.

    None where there is no Model, which is told elsewhere.
    """
    if isinstance(served, Violation):
        return None
    found = sizing.fit(served.model.spec, role, settings.compute)
    if isinstance(found, sizing.DoesNotFit):
        return Violation(Reason.DOES_NOT_FIT, found.message)
    return found


def rules(parent: Manifest) -> list[Rule]:
    """Return the rule for the Model that the spec names."""
    name = (parent.get("spec") or {}).get("modelName")
    if not isinstance(name, str) or not name:
        return []
    return [named(parent, "substratus.ai/v1", "models", name)]
