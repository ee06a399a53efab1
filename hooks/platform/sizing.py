"""How much a Model needs: which hardware, how many GPUs, how much memory and disk.

All figures follow from the bytes of the weights, b = parameterCount x parameterBits / 8:
GPUs hold 1.1 x b to serve and 2.2 x b to train; memory is 1.1 x b and a build's disk 2 x b, each
beside what the settings give without weights.
Integer arithmetic throughout, so that a figure on the border is the same everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from hooks.api import ComputeType, ModelSpec
from hooks.manifest import Manifest
from hooks.platform.accelerators import Accelerator, Compute
from hooks.platform.placement import placement, same_but_one
from hooks.platform.resources import Resources
from hooks.platform.room import and_more, result_gib
from hooks.step import Step

GIB = 2**30
TENTHS = {Step.SERVE: 11, Step.TRAIN: 22, Step.NOTEBOOK: 22}
"""Tenths of the weights that accelerators must hold, by what a Pod does with the Model."""
CPU_PER_GPU = 2
"""Cores for each accelerator that holds the Model once."""


@dataclass(frozen=True)
class Fit:
    """What one Pod gets.

    Attributes:
        weights: bytes of the Model's weights.
        accelerator: the kind of GPU, or None on CPU.
        gpus: how many of it.
        cpu: cores beside an accelerator; those without one are a setting.
        staged: GiB of ephemeral storage beside what every Pod asks for.
        alternatives: accelerators that the Pod may run on as well, the best first.
    """

    weights: int
    accelerator: Accelerator | None
    gpus: int
    cpu: int
    staged: int = 0
    alternatives: tuple[Accelerator, ...] = ()

    def resources(self, settings: Resources) -> Manifest:
        """Return the container's `resources`. GPUs: request = limit."""
        requests = {
            "cpu": str(self.cpu) if self.accelerator else settings.cpu,
            "memory": and_more(settings.memory, Fraction(11 * self.weights, 10)),
            "ephemeral-storage": and_more(settings.disk, self.staged * GIB),
        }
        if self.accelerator is None:
            return settings.of(requests)
        return settings.of(requests, {self.accelerator.resource_name: str(self.gpus)})

    def placement(self) -> Manifest:
        """Return what leads the Pod to its nodes: selector, affinity and tolerations, if any."""
        if self.accelerator is None:
            return {}
        return placement([self.accelerator, *self.alternatives], self.gpus)


@dataclass(frozen=True)
class Candidate:
    """An accelerator that the settings offer, and what a Pod would need of it.

    Attributes:
        accelerator: the kind of accelerator.
        serving: the power of two of it that holds the Model once.
        needed: the power of two that this step needs.
        fit: what the Pod gets; None where no node has so many.
    """

    accelerator: Accelerator
    serving: int
    needed: int
    fit: Fit | None

    @property
    def most(self) -> int:
        """The most of it that a Pod can have."""
        return max(self.accelerator.topologies, default=self.accelerator.max_per_node)

    @property
    def price(self) -> float | None:
        """What the Pod would cost for an hour; None where nothing says."""
        if self.fit is None or self.accelerator.price is None:
            return None
        return self.fit.gpus * self.accelerator.price


@dataclass(frozen=True)
class DoesNotFit:
    """Nothing that the cluster offers can hold the Model; the message has the arithmetic."""

    message: str


def weights(spec: ModelSpec) -> int:
    """Return the bytes of the Model's weights, rounded up; 0 where it has no size."""
    size = spec.size
    if size is None or size.parameter_count is None or size.parameter_bits is None:
        return 0
    return _ceil(size.parameter_count * size.parameter_bits, 8)


def fit(spec: ModelSpec, step: Step, compute: Compute) -> Fit | DoesNotFit:
    """Return what a Pod of this step gets, on the first type of compute that can hold the Model.

    `spec.compute.types` is in order of preference; without any, a Model runs on CPU, or on the
    accelerator that `spec.compute.accelerator` pins.
    """
    pinned = spec.compute.accelerator if spec.compute else None
    considered = candidates(spec, step, compute)
    if pinned and not considered:
        return _unknown(pinned, compute)
    fitting = [each.fit for each in considered if each.fit is not None]
    asked = wanted(spec)
    for each in asked:
        if each is ComputeType.CPU and compute.cpu:
            return _on_cpu(weights(spec))
        if each is ComputeType.GPU and fitting:
            return _best(fitting, fallback=compute.fallback)
    if ComputeType.GPU in asked and considered:
        return _too_large(weights(spec), step, considered)
    return DoesNotFit(
        f"spec.compute.types asks for {' or '.join(asked)}, "
        f"but the settings offer {_offered(compute)}."
    )


def staging(fit: Fit) -> Fit:
    """Return what a trainer gets whose result lies on the node's disk until it is complete."""
    return replace(fit, staged=result_gib(fit.weights))


def wanted(spec: ModelSpec) -> list[ComputeType]:
    """Return the types of compute that a Model asks for, the preferred first."""
    pinned = spec.compute.accelerator if spec.compute else None
    usual = ComputeType.GPU if pinned else ComputeType.CPU
    return (spec.compute.types if spec.compute else None) or [usual]


def candidates(spec: ModelSpec, step: Step, compute: Compute) -> list[Candidate]:
    """Return the accelerators that a Model may take, the best first, those too small last.

    The best is the most preferred, of these the cheapest, and of those without a price the first.
    """
    size = weights(spec)
    offered = compute.offers(spec.compute.accelerator if spec.compute else None)
    return sorted((_candidate(size, step, each) for each in offered), key=_rank)


def builder_resources(size: int, settings: Resources) -> Manifest:
    """Return the `resources` of a container that builds an image with weights of `size` bytes."""
    builder = settings.builder
    return settings.of(
        {
            "cpu": builder.cpu,
            "memory": builder.memory,
            "ephemeral-storage": and_more(builder.disk, 2 * size),
        }
    )


def _unknown(name: str, compute: Compute) -> DoesNotFit:
    known = ", ".join(sorted(each.name for each in compute.accelerators)) or "none"
    return DoesNotFit(
        f"spec.compute.accelerator is {name!r}, which the settings do not have. They have: {known}."
    )


def _on_cpu(size: int) -> Fit:
    return Fit(weights=size, accelerator=None, gpus=0, cpu=0)


def _candidate(size: int, step: Step, accelerator: Accelerator) -> Candidate:
    serving = _holding(TENTHS[Step.SERVE] * size, accelerator)
    needed = _holding(TENTHS[step] * size, accelerator)
    count = accelerator.count(needed)
    found = None if count is None else Fit(size, accelerator, count, cpu=CPU_PER_GPU * serving)
    return Candidate(accelerator, serving, needed, found)


def _rank(candidate: Candidate) -> tuple[bool, int, float]:
    price = math.inf if candidate.price is None else candidate.price
    return candidate.fit is None, -candidate.accelerator.preference, price


def _best(fitting: Sequence[Fit], *, fallback: bool) -> Fit:
    """Return the first, where wanted with those others that a Pod of its form can run on too."""
    best, *others = fitting
    if not fallback:
        return best
    found: dict[str, list[Accelerator]] = {}
    for other in others:
        label = _differing_label(best, other)
        if label and other.accelerator:
            found.setdefault(label, []).append(other.accelerator)
    return replace(best, alternatives=tuple(next(iter(found.values()), ())))


def _pod(fit: Fit) -> tuple[object, ...]:
    """Return what a Pod that leaves the label open has in common on both."""
    one = fit.accelerator
    device = one and (one.resource_name, one.runtime_class_name)
    return device, fit.gpus, fit.cpu


def _differing_label(best: Fit, other: Fit) -> str | None:
    """Return the one label by which their nodes differ, if a Pod can leave it open."""
    if not best.accelerator or not other.accelerator or _pod(best) != _pod(other):
        return None
    return same_but_one(best.accelerator.labels(best.gpus), other.accelerator.labels(other.gpus))


def _too_large(size: int, step: Step, considered: Sequence[Candidate]) -> DoesNotFit:
    tried = "; ".join(
        f"{each.needed} x {each.accelerator.name} ({each.accelerator.memory_gib} GiB each), "
        f"of which a node has at most {each.most}"
        for each in considered
    )
    times = f"{TENTHS[step] / 10}"
    return DoesNotFit(
        f"A {step.container} needs {times} x {size / GIB:.1f} GiB of weights = "
        f"{TENTHS[step] * size / 10 / GIB:.1f} GiB, on a power of two accelerators. "
        f"Needed: {tried}."
    )


def _holding(tenths: int, accelerator: Accelerator) -> int:
    """Return the power of two of it that holds so many tenths of a byte; at least one."""
    least = max(1, _ceil(tenths, 10 * accelerator.memory_gib * GIB))
    return 1 << (least - 1).bit_length()


def _offered(compute: Compute) -> str:
    offered = [*(["CPU"] if compute.cpu else []), *(["GPU"] if compute.offers() else [])]
    return " and ".join(offered) or "neither CPU nor GPU"


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
