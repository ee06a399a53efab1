"""Train: the base Model's image runs its `train.sh` on the Dataset once."""

from hooks import names
from hooks.address import Address
from hooks.api import Model, Packaging
from hooks.children.train_job import make_train_job
from hooks.children.training import Training
from hooks.children.training_claim import make_training_claim
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.observe.results import storage_lost
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runs, sharing
from hooks.steps.outcome import Outcome, blocked, finished, pending
from hooks.steps.packaging import asked, packaging
from hooks.steps.patched import patched
from hooks.steps.training_inputs import Inputs


def train(
    model: Model, inputs: Inputs, trainer: Outcome | None, observed: Observed, settings: Settings
) -> Outcome:
    """Return what has become of the training; its result is the address of `/model/trained`.

    Args:
        model: the Model, with `spec.training`.
        inputs: what decides the result.
        trainer: what has become of the image that trains, if it is built.
        observed: the call.
        settings: storage, claims and hardware.
    """
    url, image = model.status.trained_url, model.status.container_image
    if names.image_run(image) == inputs.run:
        of_this_run = url is not None and Address(url).run == inputs.run
        return finished(Step.TRAIN, url if url and of_this_run else str(image))
    if url and Address(url).run == inputs.run:
        lost = storage_lost(url, observed)
        return blocked(Step.TRAIN, lost) if lost else finished(Step.TRAIN, url)
    owner = Owner.of(observed.parent)
    where = settings.storage.chosen
    path = f"{names.data_path(owner, inputs.run)}/model/trained"
    result = where.url(path, claim=names.training_claim(owner.name, inputs.run))
    retry = model.metadata.annotations.get(names.RETRY)
    run = Run(owner, Step.TRAIN, inputs.run, result, retry, model.spec, inputs.seen)
    if done := runs.complete(run, observed):
        lost = storage_lost(str(done.result), observed)
        if lost and packaging(model, inputs, observed, settings) is Packaging.STORAGE:
            return blocked(Step.TRAIN, lost, done.children)
        return done
    if trainer and trainer.result is None:
        return pending(Step.TRAIN, "the trainer's image")
    image = (trainer and trainer.result) or inputs.wanted.trainer or inputs.base_image
    weights = sizing.weights(model.spec)
    claims = (
        [make_training_claim(owner, inputs.run, weights, settings.claims)]
        if where.needs_claim
        else []
    )
    return runs.advance(
        run,
        observed,
        _job(run, model, inputs, image, settings),
        [patched(claim, model.spec, settings) for claim in claims],
    )


def _job(
    run: Run, model: Model, inputs: Inputs, image: str, settings: Settings
) -> Manifest | Violation:
    fit = sizing.fit(model.spec, Step.TRAIN, settings.compute)
    if isinstance(fit, sizing.DoesNotFit):
        return Violation(Reason.DOES_NOT_FIT, fit.message)
    weights = inputs.own_weights
    refused = sharing.not_shared(
        weights.url if weights else None, users=inputs.base_mounted_by, pods=1, settings=settings
    )
    if refused:
        return refused
    if settings.storage.chosen.writes_once:
        fit = sizing.staging(fit)
    wanted = Training(
        dataset=inputs.dataset,
        params=inputs.wanted.params,
        image=image,
        env=model.spec.env,
        command=inputs.wanted.command,
        args=inputs.wanted.args,
        weights=inputs.weights,
        packaging=asked(model, inputs, settings),
    )
    return patched(make_train_job(run, wanted, fit, settings), model.spec, settings)
