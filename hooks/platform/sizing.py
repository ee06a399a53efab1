"""How much a Model needs: which hardware, how many GPUs, how much memory and disk.

All figures follow from the bytes of the weights, b = parameterCount x parameterBits / 8:
GPUs hold 1.1 x b, memory is 1.1 x b + 2 Gi, a build needs 2 x b + 100 Gi of disk.
Integer arithmetic throughout, so that a figure on the border is the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hooks.api import ComputeType, ModelSpec
from hooks.platform.accelerators import Accelerator, Compute

GIB = 2**30
_BUILDER_CPU = "2"
_BUILDER_MEMORY = "12Gi"
_DISK_GIB = 100
_CPU_WITHOUT_GPU = 3
_MEMORY_BASE_GIB = 2


class Role(StrEnum):
    """What a Pod does with a Model."""

    TRAINER = "trainer"
    SERVER = "server"
    NOTEBOOK = "notebook"


@dataclass(frozen=True)
class Fit:
    """What one Pod gets.

    Attributes:
        weights: bytes of the Model's weights.
        accelerator: the kind of GPU, or None on CPU.
        gpus: how many of it.
        cpu: cores.
        memory: GiB.
        disk: GiB of ephemeral storage.
    """

    weights: int
    accelerator: Accelerator | None
    gpus: int
    cpu: int
    memory: int
    disk: int = _DISK_GIB

    def resources(self) -> dict[str, Any]:
        """Return the container's `resources`. GPUs: request = limit; the rest has no limit."""
        gpus = (
            {self.accelerator.resource_name: str(self.gpus)} if self.accelerator is not None else {}
        )
        requests = {
            "cpu": str(self.cpu),
            "memory": f"{self.memory}Gi",
            "ephemeral-storage": f"{self.disk}Gi",
        }
        return {"requests": {**requests, **gpus}, **({"limits": gpus} if gpus else {})}

    def placement(self) -> dict[str, Any]:
        """Return the Pod's `nodeSelector` and `tolerations`, each only where there is one."""
        if self.accelerator is None:
            return {}
        selector = dict(self.accelerator.node_selector)
        tolerations = [
            each.model_dump(by_alias=True, exclude_none=True)
            for each in self.accelerator.tolerations
        ]
        return {
            **({"nodeSelector": selector} if selector else {}),
            **({"tolerations": tolerations} if tolerations else {}),
        }


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


def fit(spec: ModelSpec, role: Role, compute: Compute) -> Fit | DoesNotFit:
    """Return what a Pod of this role gets, on the first type of compute that is offered.

    `spec.compute.types` is in order of preference; without any, a Model runs on CPU, or on the
    accelerator that `spec.compute.accelerator` pins.
    """
    pinned = spec.compute.accelerator if spec.compute else None
    accelerators = _named(pinned, compute)
    if isinstance(accelerators, DoesNotFit):
        return accelerators
    usual = ComputeType.GPU if pinned else ComputeType.CPU
    wanted = (spec.compute.types if spec.compute else None) or [usual]
    for each in wanted:
        if each is ComputeType.CPU and compute.cpu:
            return _on_cpu(weights(spec))
        if each is ComputeType.GPU and compute.accelerators:
            return _on_gpu(weights(spec), role, accelerators)
    return DoesNotFit(
        f"spec.compute.types asks for {' or '.join(wanted)}, "
        f"but the settings offer {_offered(compute)}."
    )


def builder_resources(size: int) -> dict[str, Any]:
    """Return the `resources` of a container that builds an image with weights of `size` bytes."""
    return {
        "requests": {
            "cpu": _BUILDER_CPU,
            "memory": _BUILDER_MEMORY,
            "ephemeral-storage": f"{_ceil(2 * size, GIB) + _DISK_GIB}Gi",
        }
    }


def _named(name: str | None, compute: Compute) -> Sequence[Accelerator] | DoesNotFit:
    """Return the accelerators of this name, or all where none is pinned."""
    found = [each for each in compute.accelerators if name in {None, each.name}]
    if found or name is None:
        return found
    known = ", ".join(sorted({each.name for each in compute.accelerators})) or "none"
    return DoesNotFit(
        f"spec.compute.accelerator is {name!r}, which the settings do not have. They have: {known}."
    )


def _on_cpu(size: int) -> Fit:
    return Fit(weights=size, accelerator=None, gpus=0, cpu=_CPU_WITHOUT_GPU, memory=_memory(size))


def _on_gpu(size: int, role: Role, accelerators: Sequence[Accelerator]) -> Fit | DoesNotFit:
    factor = 1 if role is Role.SERVER else 2
    for accelerator in accelerators:
        serving = _serving_gpus(size, accelerator)
        if serving * factor <= accelerator.max_per_node:
            return Fit(
                weights=size,
                accelerator=accelerator,
                gpus=serving * factor,
                cpu=2 * serving,
                memory=_memory(size),
            )
    tried = "; ".join(
        f"{_serving_gpus(size, each) * factor} x {each.name} ({each.memory_gib} GiB each), "
        f"of which a node has at most {each.max_per_node}"
        for each in accelerators
    )
    twice = "" if factor == 1 else f", and a {role} takes twice the GPUs that serving does"
    return DoesNotFit(
        f"1.1 x {size / GIB:.1f} GiB of weights = {1.1 * size / GIB:.1f} GiB"
        f", rounded up to a power of two GPUs{twice}. Needed: {tried}."
    )


def _serving_gpus(size: int, accelerator: Accelerator) -> int:
    """Return the power of two GPUs that hold 1.1 x size bytes; at least one."""
    least = max(1, _ceil(11 * size, 10 * accelerator.memory_gib * GIB))
    return 1 << (least - 1).bit_length()


def _memory(size: int) -> int:
    return _ceil(11 * size + 10 * _MEMORY_BASE_GIB * GIB, 10 * GIB)


def _offered(compute: Compute) -> str:
    offered = [*(["CPU"] if compute.cpu else []), *(["GPU"] if compute.accelerators else [])]
    return " and ".join(offered) or "neither CPU nor GPU"


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
