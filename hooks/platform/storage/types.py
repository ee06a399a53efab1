"""What a storage answers: addresses, and how a Pod reaches them."""

from dataclasses import dataclass, field
from typing import Any, Protocol

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Mount:
    """How a Pod reaches a directory: its volume, its mount, and annotations that it needs."""

    volume: Manifest
    volume_mount: Manifest
    pod_annotations: dict[str, str] = field(default_factory=dict)


class Storage(Protocol):
    """One kind of storage."""

    @property
    def needs_claim(self) -> bool:
        """Whether the data lies in a claim that the parent owns."""

    def owns(self, url: str) -> bool:
        """Return whether this storage wrote the address."""

    def url(self, path: str, *, claim: str) -> str:
        """Return the address of `path`, in the claim of that name where it needs one."""

    def claim(self, url: str) -> str | None:
        """Return the claim that holds the address, or None where there is none."""

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return how a Pod has the directory at `url` under `at`, as the volume `name`."""
