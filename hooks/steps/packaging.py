"""Where the result of a training goes: read when its run begins, and then kept."""

from hooks import names
from hooks.address import Address
from hooks.api import Model, Packaging
from hooks.manifest import JOB
from hooks.observe.request import Observed, labels
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps.training_inputs import Inputs


def packaging(model: Model, inputs: Inputs, observed: Observed, settings: Settings) -> Packaging:
    """Return where the result of the Model's run goes.

    What is complete has what it has, and a training that began was asked for one of the two.
    """
    status = model.status
    if status.url and Address(status.url).run == inputs.run:
        return Packaging.STORAGE
    if names.image_run(status.container_image) == inputs.run:
        return Packaging.IMAGE
    for job in observed.living(JOB):
        found = labels(job)
        if found.get(names.RUN) == inputs.run and found.get(names.STEP) == Step.TRAIN:
            stored = (job["metadata"].get("annotations") or {}).get(names.PACKAGING)
            return Packaging.STORAGE if stored == Packaging.STORAGE else Packaging.IMAGE
    return asked(model, inputs, settings)


def asked(model: Model, inputs: Inputs, settings: Settings) -> Packaging:
    """Return where the result of a run that begins now would go."""
    if inputs.base_is_loaded:
        return Packaging.STORAGE
    return model.spec.packaging or settings.storage.packaging
