"""Which hardware a cluster offers: the accelerator table of the settings."""

import re
from collections import Counter
from typing import Literal, Self

from pydantic import Field, model_validator

from hooks.platform.section import Section

_PART_OF_A_GPU = re.compile(r"nvidia[.]com/(mig-.*|gpu[.]shared)")
"""A slice of a GPU, or a turn of one that is shared: the node's taint is that of the whole."""


class Toleration(Section):
    """A toleration of the Pods that use an accelerator, as in a Pod's spec."""

    key: str = Field(min_length=1, description="The taint's key.")
    operator: Literal["Exists", "Equal"] = Field(
        default="Exists", description="Whether the taint's value counts."
    )
    value: str | None = Field(default=None, description="The taint's value, with `Equal`.")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = Field(
        default=None, description="The taint's effect; any where absent."
    )

    @model_validator(mode="after")
    def _value_goes_with_equal(self) -> Self:
        if (self.operator == "Equal") != (self.value is not None):
            raise ValueError("a value belongs to operator Equal, and to no other")
        return self


class Spot(Section):
    """How spot nodes differ from others, for the accelerators with `spot: true`."""

    node_selector: dict[str, str] = Field(
        default={}, description="Labels that only spot nodes have."
    )
    tolerations: tuple[Toleration, ...] = Field(
        default=(), description="Taints of spot nodes that Pods may ignore."
    )


class Accelerator(Section):
    """One kind of accelerator that nodes of the cluster have, at one price."""

    name: str = Field(
        min_length=1, description="What messages call it; each has a name of its own."
    )
    memory_gib: int = Field(
        gt=0, alias="memoryGiB", description="Memory of one that is really usable, in GiB."
    )
    resource_name: str = Field(
        default="nvidia.com/gpu", min_length=1, description="What its device plugin calls it."
    )
    max_per_node: int = Field(gt=0, description="The most of it that one Pod can have on a node.")
    node_selector: dict[str, str | tuple[str, ...]] = Field(
        default={},
        description=(
            "Labels of the nodes that have it; a list where nodes name it in several ways."
        ),
    )
    tolerations: tuple[Toleration, ...] = Field(
        default=(),
        description=(
            "Taints of these nodes that Pods may ignore; that of the resource itself, such as "
            "`nvidia.com/gpu`, always is."
        ),
    )
    runtime_class_name: str | None = Field(
        default=None,
        min_length=1,
        description="The RuntimeClass of Pods that use it, such as `nvidia`.",
    )
    runtimes: tuple[str, ...] = Field(
        default=(), description="The runtimes that can use it, by name; all where empty."
    )
    spot: bool = Field(
        default=False, description="Whether it is taken from spot nodes, as `compute.spot` says."
    )
    price: float | None = Field(
        default=None,
        gt=0,
        description="What one costs for an hour, in one currency for all; the cheapest is taken.",
    )
    preference: int = Field(
        default=0, description="A higher one is taken first, whatever the price."
    )
    only_by_name: bool = Field(
        default=False,
        description=(
            "Whether only a Model whose `compute.accelerator` names it may take it: for hardware "
            "that images for the other accelerators cannot use, such as TPUs among GPUs."
        ),
    )
    topologies: dict[int, str] = Field(
        default={},
        description=(
            "The topology of each legal number of a TPU's chips, such as `{1: 1x1, 4: 2x2}`; "
            "any number where empty."
        ),
    )
    topology_label: str = Field(
        default="cloud.google.com/gke-tpu-topology",
        min_length=1,
        description="The node label that holds the topology.",
    )

    @model_validator(mode="after")
    def _topologies_fit_a_node(self) -> Self:
        wrong = [each for each in self.topologies if not 1 <= each <= self.max_per_node]
        if wrong:
            raise ValueError(
                f"topologies has {wrong[0]}, but must be from 1 to maxPerNode, {self.max_per_node}"
            )
        return self

    def count(self, wanted: int) -> int | None:
        """Return how many a Pod takes that needs `wanted`; None where no node has so many."""
        legal = sorted(self.topologies) or [wanted]
        return next((each for each in legal if wanted <= each <= self.max_per_node), None)

    def labels(self, count: int) -> dict[str, tuple[str, ...]]:
        """Return the labels of the nodes that have `count` of it, each with its legal values."""
        given = {
            key: (value,) if isinstance(value, str) else value
            for key, value in self.node_selector.items()
        }
        topology = self.topologies.get(count)
        return {**given, **({self.topology_label: (topology,)} if topology else {})}

    def taint(self) -> Toleration:
        """Return what lets a Pod onto a node that is kept for those that ask for the resource."""
        part = _PART_OF_A_GPU.fullmatch(self.resource_name)
        return Toleration(key="nvidia.com/gpu" if part else self.resource_name)


DEFAULT_ACCELERATOR = Accelerator(
    name="nvidia-24gb",
    memory_gib=24,
    resource_name="nvidia.com/gpu",
    max_per_node=8,
    tolerations=(Toleration(key="nvidia.com/gpu"),),
)


class Compute(Section):
    """What hardware the cluster offers."""

    cpu: bool = Field(default=True, description="Whether Models may run without an accelerator.")
    accelerators: tuple[Accelerator, ...] = Field(
        default=(DEFAULT_ACCELERATOR,),
        description=(
            "The kinds of accelerator. Of those that hold a Model the cheapest is taken, and of "
            "those without a price the first; empty where there are none."
        ),
    )
    architecture: Literal["amd64", "arm64", "ppc64le", "s390x"] | None = Field(
        default=None,
        description=(
            "The architecture (`kubernetes.io/arch`) of all Pods' nodes, the builders' among them; "
            "for clusters that have several. An accelerator's `nodeSelector` may name another."
        ),
    )
    spot: Spot = Field(default=Spot(), description="How spot nodes are known.")
    fallback: bool = Field(
        default=False,
        description=(
            "Whether a Pod may also run on the next best accelerators, where nodes differ "
            "by one label and the Pod needs as many of them."
        ),
    )

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        twice = [
            name for name, count in Counter(e.name for e in self.accelerators).items() if count > 1
        ]
        if twice:
            raise ValueError(f"accelerators has {twice[0]} twice; each needs a name of its own")
        return self

    @model_validator(mode="after")
    def _spot_nodes_are_known(self) -> Self:
        spot = next((each.name for each in self.accelerators if each.spot), None)
        if spot and not (self.spot.node_selector or self.spot.tolerations):
            raise ValueError(
                f"accelerator {spot} is spot, but compute.spot says of no node that it is"
            )
        return self

    def offers(self, name: str | None = None) -> list[Accelerator]:
        """Return the accelerators that a Model may take, with what `spot` adds to those of spot.

        Args:
            name: the one that the Model asks for by name, if any.
        """
        return [
            _on_spot(each, self.spot) if each.spot else each
            for each in self.accelerators
            if (each.name == name if name else not each.only_by_name)
        ]


def _on_spot(accelerator: Accelerator, spot: Spot) -> Accelerator:
    return accelerator.model_copy(
        update={
            "node_selector": {**accelerator.node_selector, **spot.node_selector},
            "tolerations": (*accelerator.tolerations, *spot.tolerations),
        }
    )
