"""What a trained Model's packaging costs and saves, by arithmetic."""

from fractions import Fraction

from hooks.api import Model, Packaging
from hooks.observe.request import Observed
from hooks.platform import sizing
from hooks.settings import Settings
from hooks.steps import packaging as step
from hooks.steps import training_inputs
from substratus.commands.explain.decision import Decision, PassedOver

MIB_PER_SECOND = 100
"""What a disk, a registry or a bucket is taken to move; a figure to compare by, not a promise."""
_MIB = 2**20
_MINUTE = 60
_HOUR = 60 * _MINUTE


def of(model: Model, observed: Observed, settings: Settings) -> Decision | None:
    """Return where the result of a training goes, and what the other way takes.

    None where it is not known, as the base Model or the Dataset is not there.
    """
    made_of = training_inputs.inputs(model, observed, settings)
    if not isinstance(made_of, training_inputs.Inputs):
        return None
    chosen = step.packaging(model, made_of, observed, settings)
    other = Packaging.IMAGE if chosen is Packaging.STORAGE else Packaging.STORAGE
    weights = sizing.weights(model.spec)
    passed_over = PassedOver(str(other), _difference(weights, chosen))
    return Decision("packaging", str(chosen), _because(model, made_of), (passed_over,))


def _because(model: Model, made_of: training_inputs.Inputs) -> str:
    if made_of.base_is_loaded:
        return "the base Model is from a url, so its weights are in no image"
    if model.spec.packaging:
        return "spec.packaging"
    return "storage.packaging of the settings"


def _difference(weights: int, chosen: Packaging) -> str:
    if not weights:
        return "what it would save or take is not known: the Model has no spec.size"
    size = f"{weights / sizing.GIB:.2f} GiB"
    seconds = Fraction(2 * weights, MIB_PER_SECOND * _MIB)
    verb = "it would save" if chosen is Packaging.IMAGE else "it would take"
    return (
        f"{verb} a build of {_duration(seconds)} (2 x {size}, read and pushed at {MIB_PER_SECOND} "
        f"MiB/s) with 2 x {size} of the builder's disk, {size} in the registry for each run, and "
        f"{size} pulled onto each node; with Storage a Pod reads them from the storage"
    )


def _duration(seconds: Fraction) -> str:
    if seconds >= _HOUR:
        return f"{float(seconds / _HOUR):.1f} hours"
    if seconds >= _MINUTE:
        return f"{float(seconds / _MINUTE):.0f} minutes"
    return f"{max(1, round(seconds))} seconds"
