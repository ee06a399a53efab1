"""Package: what a training wrote is added to the base Model's image, or stays on its storage."""

from dataclasses import replace

from hooks import names
from hooks.address import Address
from hooks.api import Model, Packaging
from hooks.children.builder_configmap import make_builder_configmap
from hooks.children.package_job import make_package_job, package_builder
from hooks.conditions import Condition, Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe.made import made
from hooks.observe.request import Observed
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runs
from hooks.steps.outcome import Outcome, finished, pending
from hooks.steps.packaging import asked, packaging
from hooks.steps.patched import patched
from hooks.steps.training_inputs import Inputs

_COUNTS_LATER = (
    " spec.packaging counts for the next run; the annotation "
    f"{names.REBUILD} with a new value begins one."
)


def package(
    model: Model, inputs: Inputs, trained: Outcome, observed: Observed, settings: Settings
) -> Outcome:
    """Return what has become of the trained Model's image.

    Args:
        model: the Model, with `spec.training`.
        inputs: what decides the result.
        trained: what has become of the training.
        observed: the call.
        settings: registry, builder and storage.
    """
    if trained.result is None:
        return pending(Step.PACKAGE, "training")
    if packaging(model, inputs, observed, settings) is Packaging.STORAGE:
        return _stored(model, inputs, trained.result)
    image, said = model.status.container_image, made(inputs.run, Step.PACKAGE, observed)
    if image and names.image_run(image) == inputs.run:
        return _kept(finished(Step.PACKAGE, said.reference(image)), model, inputs, settings)
    owner = Owner.of(observed.parent)
    pushed = names.image(settings.registry.url, owner, inputs.run)
    retry = model.metadata.annotations.get(names.RETRY)
    run = Run(owner, Step.PACKAGE, inputs.run, pushed, retry, model.spec, inputs.seen)
    if done := runs.complete(run, observed):
        image = said.reference(str(done.result))
        return replace(finished(Step.PACKAGE, image), children=done.children)
    files = package_builder(inputs.base_image, pushed, settings).files
    return runs.advance(
        run,
        observed,
        _job(run, model, inputs, trained.result, settings),
        [make_builder_configmap(owner, Step.PACKAGE, files)],
    )


def _stored(model: Model, inputs: Inputs, url: str) -> Outcome:
    """Return the outcome of a result that no image holds: the base Model's image runs it."""
    wanted_other = model.spec.packaging is Packaging.IMAGE and not inputs.base_is_loaded
    message = f"{url} is mounted beside {inputs.base_image}.{_COUNTS_LATER if wanted_other else ''}"
    condition = Condition(Step.PACKAGE.condition, "True", Reason.STORED, message)
    return Outcome(condition, inputs.base_image)


def _kept(done: Outcome, model: Model, inputs: Inputs, settings: Settings) -> Outcome:
    """Return the outcome of a result that an image holds, whatever is asked for now."""
    if asked(model, inputs, settings) is Packaging.IMAGE:
        return done
    message = f"{done.condition.message}{_COUNTS_LATER}"
    return replace(done, condition=replace(done.condition, message=message))


def _job(
    run: Run, model: Model, inputs: Inputs, trained: str, settings: Settings
) -> Manifest | Violation:
    problem = settings.storage.problem(trained)
    if problem:
        return Violation(Reason.STORAGE_LOST, f"The result cannot be read. {problem}")
    weights = sizing.weights(model.spec)
    job = make_package_job(run, inputs.base_image, Address(trained), weights, settings)
    return patched(job, model.spec, settings)
