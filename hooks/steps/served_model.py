"""The Model that a ModelServer or a Notebook runs."""

from dataclasses import dataclass

from pydantic import ValidationError

from hooks.address import Address
from hooks.api import Model, explain
from hooks.conditions import Condition, Violation, kept
from hooks.manifest import MODEL, Manifest
from hooks.observe.related import Rule, named
from hooks.observe.request import Observed
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import upstream
from hooks.steps.outcome import Outcome

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

    @property
    def weights(self) -> Address | None:
        """Where its weights are, if they are apart from its image."""
        url = self.model.status.url
        return Address(url) if url else None


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


def outcome(served: Served | Violation, name: str, *, runs: bool) -> Outcome:
    """Return the outcome with the condition `ModelReady`.

    Args:
        served: from `find`.
        name: the Model's name.
        runs: whether something of it runs already, and is kept.
    """
    if isinstance(served, Violation):
        return Outcome(kept(served, runs=runs).of(TYPE))
    return Outcome(Condition(TYPE, "True", Reason.MODEL_READY, f"Model {name} is ready."))


def fit(served: Served, step: Step, settings: Settings) -> sizing.Fit | Violation:
    """Return what a Pod of this step gets, or why none can have or hold the Model."""
    problem = settings.storage.problem(served.weights.url) if served.weights else None
    if problem:
        return Violation(
            Reason.MODEL_NOT_READY, f"The Model's weights cannot be mounted. {problem}"
        )
    fitting = sizing.fit(served.model.spec, step, settings.compute)
    if isinstance(fitting, sizing.DoesNotFit):
        return Violation(Reason.DOES_NOT_FIT, fitting.message)
    return fitting


def rules(parent: Manifest) -> list[Rule]:
    """Return the rule for the Model that the spec names."""
    name = (parent.get("spec") or {}).get("modelName")
    if not isinstance(name, str) or not name:
        return []
    return [named(parent, "substratus.ai/v1", "models", name)]
