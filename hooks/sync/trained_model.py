"""A Model that is trained: a training run in the base Model's image, then an image of its result.

Both steps share one run, named by all that decides the result. Its id is in the claim's name, in
`status.trainedUrl` and in the image's tag, so each step's completion can be read from the status.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hooks import names
from hooks.address import Address
from hooks.api import Model
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.observe import claims
from hooks.observe.jobs import still_running
from hooks.observe.request import Observed
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps.outcome import Outcome, blocked, finished, pending
from hooks.steps.package import package
from hooks.steps.train import train
from hooks.steps.training_inputs import Inputs, Wanted, inputs, is_result_of, wanted
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
        remaining = _remaining(model, made_of, fields, observed)
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
    trained, packaged = finished(Step.TRAIN, str(url)), finished(Step.PACKAGE, image)
    message = f"{trained.condition.message} {_made_of(violation.reason, wanted(model))}"
    return replace(trained, condition=replace(trained.condition, message=message)), packaged


def _made_of(reason: Reason, asked: Wanted) -> str:
    """Return what is not there of that which a result was made of: nothing needs to be done."""
    of_base = reason in {Reason.SOURCE_MODEL_NOT_FOUND, Reason.SOURCE_MODEL_NOT_READY}
    found = f"Model {asked.base}" if of_base else f"Dataset {asked.dataset}"
    is_gone = reason in {Reason.SOURCE_MODEL_NOT_FOUND, Reason.DATASET_NOT_FOUND}
    problem = "is not in this namespace" if is_gone else "cannot be used now"
    return f"{found}, of which it was made, {problem}; the result remains."


def _remaining(
    model: Model, made_of: Inputs, fields: Mapping[str, Any], observed: Observed
) -> list[Manifest]:
    """Return what remains beside the steps' own: what runs, and the results that stay."""
    image = fields.get("containerImage")
    named = {
        made_of.run,
        *map(names.image_run, (image, model.status.container_image)),
        *(Address(url).run for url in (fields.get("trainedUrl"), model.status.trained_url) if url),
    }
    return [
        *still_running(observed, {made_of.run}, made_of.seen),
        *claims.of_results(observed, made_of.owner, named=named, complete=names.image_run(image)),
    ]


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
