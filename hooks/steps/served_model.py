"""The Model that a ModelServer or a Notebook runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from hooks import names
from hooks.address import Address
from hooks.api import Model, explain
from hooks.children import saved_weights
from hooks.children.saved_weights import BASE, Weights
from hooks.conditions import Condition, Violation, kept
from hooks.manifest import MODEL, STATEFUL_SET, Manifest
from hooks.observe.related import Rule, named
from hooks.observe.request import Observed, labels
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import sharing, upstream
from hooks.steps.outcome import Outcome

TYPE = "ModelReady"
_STORAGE_GOES = " Its weights go with it, so a Pod that starts again does not find them."


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
    def weights(self) -> tuple[Weights, ...]:
        """What of it and of its base Model is on storage."""
        return on_storage(self.model)


def on_storage(model: Model) -> tuple[Weights, ...]:
    """Return what a Pod mounts to run a Model: its weights and its base Model's, if on storage."""
    made_of = model.status.provenance
    base = made_of.base_model if made_of else None
    own = model.status.url
    return (
        *([Weights(model.metadata.name, Address(own))] if own else []),
        *([Weights(base.name, Address(base.url), at=BASE)] if base and base.url else []),
    )


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


def outcome(served: Served | Violation, name: str, children: Sequence[Manifest]) -> Outcome:
    """Return the outcome with the condition `ModelReady`.

    Args:
        served: from `find`.
        name: the Model's name.
        children: what of it runs already, and is kept.
    """
    if isinstance(served, Violation):
        reported = kept(served, runs=bool(children))
        gone = served.reason == Reason.MODEL_NOT_FOUND and any(
            names.uses_label(name) in labels(child) for child in children
        )
        note = _STORAGE_GOES if gone else ""
        return Outcome(replace(reported, message=reported.message + note).of(TYPE))
    return Outcome(Condition(TYPE, "True", Reason.MODEL_READY, f"Model {name} is ready."))


def fit(served: Served, step: Step, settings: Settings) -> sizing.Fit | Violation:
    """Return what a Pod of this step gets, or why none can have or hold the Model."""
    for weights in served.weights:
        problem = settings.storage.problem(weights.address.url)
        if problem:
            return Violation(
                Reason.MODEL_NOT_READY, f"The Model's weights cannot be mounted. {problem}"
            )
    fitting = sizing.fit(served.model.spec, step, settings.compute)
    if isinstance(fitting, sizing.DoesNotFit):
        return Violation(Reason.DOES_NOT_FIT, fitting.message)
    return fitting


def not_shared(
    served: Served, observed: Observed, name: str, pods: int, settings: Settings
) -> Violation | None:
    """Return that a Pod more might not get the claim with the Model's weights.

    Args:
        served: the Model.
        observed: the call.
        name: the StatefulSet's name; one that runs may continue.
        pods: how many Pods are asked for.
        settings: how claims are asked for.
    """
    status, parent = served.model.status, observed.parent
    uses = saved_weights.labels(served.weights[:1])
    own = observed.child(STATEFUL_SET, name)
    runs = own is not None and labels(own).items() >= uses.items()
    itself = f"{parent['kind']}/{parent['metadata']['name']}"
    users = [] if runs else [each for each in status.mounted_by or () if each != itself]
    return sharing.not_shared(status.url, users=users, pods=pods, settings=settings)


def rules(parent: Manifest) -> list[Rule]:
    """Return the rule for the Model that the spec names."""
    name = (parent.get("spec") or {}).get("modelName")
    if not isinstance(name, str) or not name:
        return []
    return [named(parent, "substratus.ai/v1", "models", name)]
