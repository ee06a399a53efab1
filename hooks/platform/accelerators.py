"""Which hardware a cluster offers: the accelerator table of the settings."""

from typing import Literal

from pydantic import Field

from hooks.platform.section import Section


class Toleration(Section):
    """A toleration of the Pods that use an accelerator, as in a Pod's spec."""

    key: str
    operator: Literal["Exists", "Equal"] = "Exists"
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None


class Accelerator(Section):
    """One kind of GPU that nodes of the cluster have."""

    name: str = Field(min_length=1, description="What messages call it.")
    memory_gib: int = Field(
        gt=0, alias="memoryGiB", description="Memory of one GPU that is really usable, in GiB."
    )
    resource_name: str = Field(
        default="nvidia.com/gpu", min_length=1, description="What its device plugin calls it."
    )
    max_per_node: int = Field(gt=0, description="The most of it that one node has.")
    node_selector: dict[str, str] = Field(
        default={}, description="Labels of the nodes that have it."
    )
    tolerations: tuple[Toleration, ...] = Field(
        default=(), description="Taints of these nodes that Pods may ignore."
    )


DEFAULT_ACCELERATOR = Accelerator(
    name="nvidia-24gb",
    memory_gib=24,
    resource_name="nvidia.com/gpu",
    max_per_node=8,
    tolerations=(Toleration(key="nvidia.com/gpu"),),
)


class Compute(Section):
    """What hardware the cluster offers."""

    cpu: bool = Field(default=True, description="Whether Models may run without a GPU.")
    accelerators: tuple[Accelerator, ...] = Field(
        default=(DEFAULT_ACCELERATOR,),
        description="The kinds of GPU, the preferred first; empty where there are none.",
    )
