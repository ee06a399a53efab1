"""A Model that is trained: a training run in the base Model's image, then an image of its result.

The image that trains may be the Model's own, which is built first.

Both steps share one run, named by all that decides the result. Its id is in the claim's name, in
`status.trainedUrl` and in the image's tag, so each step's completion can be read from the status.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hooks import names
from hooks.address import Address
from hooks.api import Model, Packaging
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe import claims
from hooks.observe.jobs import still_running
from hooks.observe.made import made
from hooks.observe.request import Observed
from hooks.observe.users import mounted_by
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps.outcome import Outcome, blocked, finished, pending
from hooks.steps.package import package
from hooks.steps.train import train
from hooks.steps.trainer import build_trainer, git_of, run_id
from hooks.steps.training_inputs import Inputs, Wanted, inputs, is_complete, is_result_of, wanted
from hooks.sync.answer import Desired, answer, everything


def sync(model: Model, observed: Observed, *, servers: list[str], settings: Settings) -> Desired:
    """Return a trained Model's status and children.

    Args:
        model: the Model, with `spec.training`.
        observed: the call.
        servers: the ModelServers that run it.
        settings: what differs between clusters.
    """
    trainer = build_trainer(model, observed, settings)
    made_of = inputs(model, observed, settings)
    if isinstance(made_of, Violation):
        trained, packaged = _without_upstream(model, made_of)
        fields, remaining = previous_fields(model), everything(observed)
    else:
        trained = train(model, made_of, trainer, observed, settings)
        packaged = package(model, made_of, trained, observed, settings)
        fields = _fields(model, made_of, trained, packaged, by=_trainer(model, trainer, observed))
        remaining = _remaining(model, made_of, fields, observed)
    return answer(
        observed,
        steps=[*([trainer] if trainer else []), trained, packaged],
        fields={
            **fields,
            "trainer": _trainer(model, trainer, observed),
            "mountedBy": mounted_by(observed, Owner.of(observed.parent), fields.get("url")),
            "servers": servers,
        },
        remaining=remaining,
        settings=settings,
    )


def previous_fields(model: Model) -> dict[str, Any]:
    """Return the status's fields on what was last complete."""
    fields = {"container_image", "url", "runtime", "trained_url", "provenance"}
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
    image, url, status = fields.get("containerImage"), fields.get("url"), model.status
    named = {
        made_of.run,
        *map(names.image_run, (image, status.container_image)),
        *(
            Address(each).run
            for each in (url, status.url, fields.get("trainedUrl"), status.trained_url)
            if each
        ),
    }
    complete = Address(url).run if url else names.image_run(image)
    return [
        *still_running(observed, {made_of.run}, made_of.seen),
        *claims.of_results(observed, made_of.owner, named=named, complete=complete),
    ]


def _fields(
    model: Model,
    made_of: Inputs,
    trained: Outcome,
    packaged: Outcome,
    *,
    by: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return the status's fields: of what is complete, which may be an older run's.

    Args:
        model: the Model.
        made_of: what the run is made of.
        trained: what has become of the training.
        packaged: what has become of its image.
        by: what was built to train in, if anything was.
    """
    fields = previous_fields(model)
    if is_complete(model, made_of.run):
        return {**fields, **({"containerImage": packaged.result} if packaged.result else {})}
    if trained.result:
        fields["trainedUrl"] = trained.result
    if packaged.result:
        stored = packaged.condition.reason == Reason.STORED
        fields["containerImage"] = packaged.result
        fields["url"] = trained.result if stored else None
        fields["runtime"] = None
        fields["provenance"] = {
            **made_of.provenance(_trained_by(model, by)),
            **({"packaging": Packaging.STORAGE} if stored else {}),
        }
    return fields


def _trained_by(model: Model, by: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the provenance says of the image that trained; nothing of the base Model's."""
    git, given = git_of(model), wanted(model).trainer
    if git is None:
        return {"trainer": given} if given else {}
    if by is None:
        return {}
    commit = {"commit": by["commit"]} if "commit" in by else {}
    return {"trainer": by["image"], "trainerGit": {**git.deciding(), **commit}}


def _trainer(model: Model, trainer: Outcome | None, observed: Observed) -> dict[str, Any] | None:
    """Return what the status says of the image that was built to train in."""
    before = model.status.trainer
    if trainer is None:
        return None
    if trainer.result is None:
        return before.model_dump(by_alias=True, exclude_none=True) if before else None
    known = before.commit if before and _is_same(before.image, trainer.result) else None
    commit = made(run_id(model), Step.TRAINER, observed).commit or known
    return {"image": trainer.result, **({"commit": commit} if commit else {})}


def _is_same(one: str, other: str) -> bool:
    return names.image_run(one) == names.image_run(other)
