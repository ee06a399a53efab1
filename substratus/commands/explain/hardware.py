"""Why a Pod has its accelerator, how many of it, its memory, and its nodes.

The numbers are those of `hooks.platform.sizing`, which the children are made with.
"""

from collections.abc import Iterator
from typing import Any

from hooks.api import ComputeType, ModelSpec
from hooks.children import nodes
from hooks.platform import sizing
from hooks.platform.accelerators import Compute
from hooks.platform.sizing import Candidate, Fit
from hooks.settings import Settings
from hooks.step import Step
from substratus.commands.explain.decision import Decision, PassedOver, decided
from substratus.rendering import Child

Manifest = dict[str, Any]

_PLACEMENT = ("nodeSelector", "affinity", "tolerations", "runtimeClassName")


def hardware(child: Child, spec: ModelSpec, settings: Settings) -> Iterator[Decision]:
    """Yield why the Pod of a child gets what it gets."""
    compute, step = settings.compute, child.step
    fit = sizing.fit(spec, step, compute)
    if not isinstance(fit, Fit):
        return
    if step is Step.TRAIN and settings.storage.chosen.writes_once:
        fit = sizing.staging(fit)
    requests = child.requests
    wanted = fit.resources(settings.resources)["requests"]
    yield accelerator(spec, step, compute)
    if fit.accelerator is not None:
        chosen = next(
            each
            for each in sizing.candidates(spec, step, compute)
            if each.accelerator == fit.accelerator
        )
        resource = fit.accelerator.resource_name
        yield decided(resource, wanted[resource], requests.get(resource), _count(chosen, step, fit))
    yield decided("cpu", wanted["cpu"], requests.get("cpu"), _cpu(fit))
    yield decided("memory", wanted["memory"], requests.get("memory"), _memory(fit, settings))
    disk = "ephemeral-storage"
    because = "resources.disk of the settings"
    if fit.staged:
        because += ", and the result lies there until it is copied: 2 x the weights + 1 GiB"
    yield decided(disk, wanted[disk], requests.get(disk), because)
    yield from _placement(child, fit, settings)


def does_not_fit(spec: ModelSpec, step: Step, compute: Compute) -> Decision | None:
    """Return why nothing can hold a Model in this step; None if something can."""
    found = sizing.fit(spec, step, compute)
    if isinstance(found, Fit):
        return None
    passed = tuple(
        PassedOver(each.accelerator.name, _too_small(each))
        for each in sizing.candidates(spec, step, compute)
    )
    return Decision("accelerator", None, found.message, passed)


def accelerator(spec: ModelSpec, step: Step, compute: Compute) -> Decision:
    """Return which accelerator is taken, if any, and why no other."""
    fit = sizing.fit(spec, step, compute)
    assert isinstance(fit, Fit)  # noqa: S101 - the caller's: it has a child
    name = fit.accelerator.name if fit.accelerator else "none"
    passed = tuple(_passed_over(spec, step, compute, fit))
    return Decision("accelerator", name, _chosen(spec, fit), passed)


def _chosen(spec: ModelSpec, fit: Fit) -> str:
    """Return why the accelerator is taken, or none."""
    if spec.compute and spec.compute.accelerator:
        return (
            f"spec.compute.accelerator of the Model is {spec.compute.accelerator}, so no other is "
            "considered, and it holds the Model"
        )
    asked = " or ".join(sizing.wanted(spec))
    given = bool(spec.compute and spec.compute.types)
    said = f"the Model asks for {asked}" if given else "the Model asks for nothing, which is CPU"
    if fit.accelerator is None:
        return f"{said}, and the settings let Models run without an accelerator"
    return f"{said}, and {fit.accelerator.name} is the best of those that hold it"


def _passed_over(spec: ModelSpec, step: Step, compute: Compute, fit: Fit) -> Iterator[PassedOver]:
    considered = sizing.candidates(spec, step, compute)
    for each in considered:
        if each.accelerator == fit.accelerator:
            continue
        yield PassedOver(each.accelerator.name, _why_not(each, considered[0], spec, fit))
    known = {each.accelerator.name for each in considered}
    for left in compute.accelerators:
        if left.name not in known:
            pinned = spec.compute.accelerator if spec.compute else None
            why = (
                f"spec.compute.accelerator is {pinned}"
                if pinned
                else "only a Model whose spec.compute.accelerator names it may take it"
            )
            yield PassedOver(left.name, why)
    if ComputeType.CPU in sizing.wanted(spec) and fit.accelerator and not compute.cpu:
        yield PassedOver("CPU", "the settings have compute.cpu: false")


def _why_not(each: Candidate, best: Candidate, spec: ModelSpec, fit: Fit) -> str:
    """Return the first reason why an accelerator is not taken, or not first."""
    return (
        _not_asked_for(spec, fit)
        or ("" if each.fit else _too_small(each))
        or _alternative(each, fit)
        or _less_preferred(each, best)
        or _dearer(each, best)
        or "it is below in the table"
    )


def _not_asked_for(spec: ModelSpec, fit: Fit) -> str:
    if fit.accelerator is not None:
        return ""
    asked = sizing.wanted(spec)
    if ComputeType.GPU not in asked:
        return "the Model does not ask for GPU"
    first = asked.index(ComputeType.CPU) < asked.index(ComputeType.GPU)
    return "CPU comes first in spec.compute.types" if first else ""


def _alternative(each: Candidate, fit: Fit) -> str:
    is_one = each.accelerator in fit.alternatives
    return "taken where the first is not to be had (compute.fallback)" if is_one else ""


def _less_preferred(each: Candidate, best: Candidate) -> str:
    mine, its = each.accelerator.preference, best.accelerator.preference
    return f"its preference {mine} is below {its}" if mine < its else ""


def _dearer(each: Candidate, best: Candidate) -> str:
    if best.price is None or each.fit is None:
        return ""
    if each.price is None:
        return "it has no price"
    if each.price > best.price:
        return f"{each.fit.gpus} cost {each.price:g} an hour, and not {best.price:g}"
    return ""


def _too_small(each: Candidate) -> str:
    return (
        f"{each.needed} of {each.accelerator.memory_gib} GiB would be needed, "
        f"and a Pod can have {each.most}"
    )


def _count(chosen: Candidate, step: Step, fit: Fit) -> str:
    memory = chosen.accelerator.memory_gib
    text = (
        f"{sizing.TENTHS[step] / 10} x {_gib(fit.weights)} of weights / {memory} GiB each, "
        f"rounded up to a power of two, is {chosen.needed}"
    )
    if fit.gpus != chosen.needed:
        text += f"; the next legal topology has {fit.gpus}"
    return text


def _cpu(fit: Fit) -> str:
    if fit.accelerator is None:
        return "resources.cpu of the settings, where there is no accelerator"
    serving = fit.cpu // sizing.CPU_PER_GPU
    return f"{sizing.CPU_PER_GPU} x {serving}, the accelerators that hold the Model once"


def _memory(fit: Fit, settings: Settings) -> str:
    base = f"resources.memory of the settings, {settings.resources.memory}"
    if not fit.weights:
        return base
    return f"1.1 x {_gib(fit.weights)} of weights on top of {base}, in whole GiB"


def _placement(child: Child, fit: Fit, settings: Settings) -> Iterator[Decision]:
    wanted, found = nodes.for_user_pod(settings, fit), child.pod
    because = {
        "nodeSelector": "the labels of nodes that have the accelerator, and compute.architecture",
        "affinity": "the labels that more than one value is legal for, the best first",
        "tolerations": "the resource's own taint, and the accelerator's of the settings",
        "runtimeClassName": "the accelerator's, else pods.runtimeClassName",
    }
    for each in _PLACEMENT:
        if each in wanted or each in found:
            yield decided(each, wanted.get(each), found.get(each), because[each])


def _gib(size: int) -> str:
    return f"{size / sizing.GIB:.2f} GiB"
