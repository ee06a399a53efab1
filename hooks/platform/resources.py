"""What containers ask for where no Model's size says it, and what of all that is a limit too."""

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from hooks.manifest import Manifest
from hooks.platform.section import Section

_UNITS = ("Ki", "Mi", "Gi", "Ti", "Pi")
_PARTS = re.compile(r"([0-9]+)(.*)")


def _canonical(value: str) -> str:
    """Refuse what the API server would write differently: it would be written at every sync."""
    number, unit = _PARTS.findall(value)[0]
    shorter = value
    if unit == "m" and int(number) % 1000 == 0:
        shorter = str(int(number) // 1000)
    elif unit in _UNITS[:-1] and int(number) % 1024 == 0:
        shorter = f"{int(number) // 1024}{_UNITS[_UNITS.index(unit) + 1]}"
    if shorter != value:
        raise ValueError(f"write {shorter}, as Kubernetes does")
    return value


Quantity = Annotated[
    str, Field(pattern=r"^[1-9][0-9]*(Ki|Mi|Gi|Ti|Pi)?$"), AfterValidator(_canonical)
]
"""An amount of memory or storage, as the API server writes it."""

Cpu = Annotated[str, Field(pattern=r"^[1-9][0-9]*m?$"), AfterValidator(_canonical)]
"""Cores, as the API server writes them: `2`, `500m`."""


class Requests(Section):
    """What one container asks for."""

    cpu: Cpu = Field(default="100m", description="Cores.")
    memory: Quantity = Field(default="128Mi", description="Memory.")


class BuilderRequests(Section):
    """What a builder asks for."""

    cpu: Cpu = Field(default="2", description="Cores.")
    memory: Quantity = Field(default="12Gi", description="Memory.")
    disk: Quantity = Field(
        default="100Gi",
        description="Ephemeral storage; 2 x the Model's weights come on top.",
    )


class Resources(Section):
    """What containers ask for where no Model's size says it."""

    cpu: Cpu = Field(
        default="3",
        description="Cores of a trainer, a server and a notebook without an accelerator.",
    )
    memory: Quantity = Field(
        default="2Gi",
        description="Memory of a trainer, a server and a notebook; 1.1 x the Model's weights come "
        "on top.",
    )
    disk: Quantity = Field(
        default="100Gi",
        description="Ephemeral storage of a trainer, a server and a notebook.",
    )
    builder: BuilderRequests = Field(default=BuilderRequests(), description="What builds an image.")
    loader: Requests = Field(default=Requests(), description="What runs `load.sh`.")
    tools: Requests = Field(
        default=Requests(), description="The small containers: `clone`, `seed` and `copy`."
    )
    limits: tuple[Literal["cpu", "memory", "ephemeral-storage"], ...] = Field(
        default=(),
        description=(
            "Of which resources a container's request is its limit too: for namespaces whose "
            "ResourceQuota counts limits. Accelerators always have both."
        ),
    )

    def of(self, requests: Mapping[str, str], devices: Mapping[str, str] | None = None) -> Manifest:
        """Return a container's `resources`: what it asks for, and the limits that follow.

        Args:
            requests: quantities of cpu, memory and ephemeral-storage.
            devices: how many it has of each device; request = limit.
        """
        also = devices or {}
        limited: Collection[str] = self.limits
        limits = {name: value for name, value in requests.items() if name in limited} | dict(also)
        return {"requests": {**requests, **also}, **({"limits": limits} if limits else {})}

    def of_loader(self) -> Manifest:
        """Return the `resources` of what runs `load.sh`."""
        return self.of(self.loader.model_dump())

    def of_tool(self) -> Manifest:
        """Return the `resources` of a small container of our own."""
        return self.of(self.tools.model_dump())
