"""A Model that is trained: a training run in the base Model's image, then an image of its result.

Both steps share one run, named by all that decides the result. Its id is in the claim's name, in
`status.trainedUrl` and in the image's tag, so each step's completion can be read from the status.
"""

from dataclasses import replace
from typing import Any

from hooks import names
from hooks.api import Model
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.observe import claims
from hooks.observe.jobs import still_running
from hooks.observe.request import Observed
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps.outcome import Outcome, blocked, finished, pending
from hooks.steps.package import package
from hooks.steps.train import train
from hooks.steps.training_inputs import Inputs, inputs, is_result_of, wanted
from hooks.sync.answer import Desired, answer, everything


def sync(model: Model, observed: Observed, *, servers: list[str], settings: Settings) -> Desired:
    """Return a trained Model's status and children.

    Args:
        model: the Model, with `spec.training`.
        observed: the call.
        servers: the ModelServers that run it.
        settings: what differs between clusters.
    """
    made_of = inputs(model, observed, settings)
    if isinstance(made_of, Violation):
        trained, packaged = _without_upstream(model, made_of)
        fields, remaining = previous_fields(model), everything(observed)
    else:
        trained = train(model, made_of, observed, settings)
        packaged = package(model, made_of, trained, observed, settings)
        fields = _fields(model, made_of, trained, packaged)
        remaining = _remaining(made_of, packaged, observed)
    return answer(
        observed,
        steps=[trained, packaged],
        fields={**fields, "servers": servers},
        remaining=remaining,
        settings=settings,
    )


def previous_fields(model: Model) -> dict[str, Any]:
    """Return the status's fields on what was last complete."""
    fields = {"container_image", "trained_url", "provenance"}
    return model.status.model_dump(by_alias=True, exclude_none=True, include=fields)


def _without_upstream(model: Model, violation: Violation) -> tuple[Outcome, Outcome]:
    """Return the outcomes while the base Model or the Dataset is not there.

    What was made of them remains, if it is what the spec asks for.
    """
    image, url = model.status.container_image, model.status.trained_url
    if not image or not is_result_of(model, wanted(model)):
        return blocked(Step.TRAIN, violation), pending(Step.PACKAGE, "training")
    note = f" It remains, although it could not be computed again now: {violation.message}"
    trained, packaged = finished(Step.TRAIN, str(url)), finished(Step.PACKAGE, image)
    condition = replace(trained.condition, message=trained.condition.message + note)
    return replace(trained, condition=condition), packaged


def _remaining(made_of: Inputs, packaged: Outcome, observed: Observed) -> list[Manifest]:
    """Return what remains beside the steps' own: once the run is packaged, claims of others go."""
    running, kept = still_running(observed, made_of.run), claims.every_kept(observed)
    if packaged.result is None:
        return [*running, *kept]
    own = names.training_claim(made_of.owner.name, made_of.run)
    return [*running, *(claim for claim in kept if claim["metadata"]["name"] == own)]


def _fields(model: Model, made_of: Inputs, trained: Outcome, packaged: Outcome) -> dict[str, Any]:
    """Return the status's fields: of what is complete, which may be an older run's."""
    fields = previous_fields(model)
    if names.image_run(model.status.container_image) == made_of.run:
        return fields
    if trained.result:
        fields["trainedUrl"] = trained.result
    if packaged.result:
        fields["containerImage"] = packaged.result
        fields["provenance"] = made_of.provenance()
    return fields
