"""Which runtime serves a Model's weights: the one that it names, or the first that fits."""

from typing import NamedTuple

from hooks.api import Model
from hooks.api.provenance import ProvenanceUrl
from hooks.conditions import Violation
from hooks.platform import sizing
from hooks.platform.runtimes import Runtime
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.step import Step

_WILD = frozenset("*?[")


class Weights(NamedTuple):
    """What is known of weights in a directory: their format, and the one file if it is one."""

    format: str
    file: str | None


def weights(model: Model, loaded: ProvenanceUrl | None) -> Weights:
    """Return what the loader said of the weights or, where nothing says it, what the spec asks for.

    Args:
        model: the Model.
        loaded: what was loaded, as the provenance has it.
    """
    source = model.spec.source
    asked = [*(source.files or ()), (source.url or "").partition("#")[0]]
    named = [each for each in source.files or () if not _WILD & {*each}]
    usual = "gguf" if any(each.endswith(".gguf") for each in asked) else "safetensors"
    file = named[0] if len(named) == 1 and len(source.files or ()) == 1 else None
    if loaded is None:
        return Weights(usual, file)
    return Weights(loaded.format or usual, loaded.file or file)


def choose(model: Model, found: Weights, settings: Settings) -> Runtime | Violation:
    """Return the runtime that serves the weights, or why there is none."""
    named = model.spec.runtime
    table = [each for each in settings.runtimes if named in {None, each.name}]
    if not table:
        return Violation(
            Reason.NO_RUNTIME,
            f"spec.runtime is {named!r}, which the settings do not have. {_listed(settings)}",
        )
    fit = sizing.fit(model.spec, Step.SERVE, settings.compute)
    if isinstance(fit, sizing.DoesNotFit):
        return Violation(Reason.DOES_NOT_FIT, fit.message)
    fitting = [each for each in table if found.format in each.formats]
    runtime = next((each for each in fitting if each.runs_on(fit.accelerator)), None)
    if runtime is None:
        where = fit.accelerator.name if fit.accelerator else "CPU"
        asked = f"runtime {named} does not serve" if named else "no runtime serves"
        return Violation(
            Reason.NO_RUNTIME,
            f"The weights are {found.format}, which {asked} on {where}. {_listed(settings)}",
        )
    if runtime.wants_file and found.file is None:
        return Violation(
            Reason.NO_RUNTIME,
            f"Runtime {runtime.name} serves one file, and which one it is, is not known. Name it "
            "in spec.source.files.",
        )
    return runtime


def _listed(settings: Settings) -> str:
    known = "; ".join(map(str, settings.runtimes)) or "none"
    return f"The settings have: {known}."
