"""What a storage answers: addresses, and how a Pod reaches them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from hooks.manifest import Manifest
from hooks.platform.section import Section


class UnknownStorageError(ValueError):
    """An address in a status that no storage here writes, or that the settings do not reach."""


@dataclass(frozen=True)
class Mount:
    """How a Pod reaches a directory: its volume, its mount, and annotations that it needs."""

    volume: Manifest
    volume_mount: Manifest
    pod_annotations: dict[str, str] = field(default_factory=dict)


class Storage(Section, ABC):
    """One kind of storage: its section of the settings, and what it makes of it.

    An address says which storage wrote it and where, so that it is found again after the settings
    have changed. Only what an address cannot say, such as a claim's name, is read from them.
    """

    needs_claim: ClassVar[bool] = False
    """Whether the data lies in a claim that the parent owns."""

    writes_once: ClassVar[bool] = False
    """Whether a file can only be written once, from its beginning to its end."""

    @classmethod
    @abstractmethod
    def owns(cls, url: str) -> bool:
        """Return whether this kind of storage wrote the address."""

    @classmethod
    def claim(cls, url: str) -> str | None:  # noqa: ARG003 - only one storage has such claims
        """Return the parent's claim that holds the address, or None where there is none."""
        return None

    def given_claims(self) -> tuple[str, ...]:
        """Return the claims that an administrator makes in each namespace."""
        return ()

    @abstractmethod
    def url(self, path: str, *, claim: str) -> str:
        """Return the address of `path`, in the claim of that name where it needs one."""

    @abstractmethod
    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return how a Pod has the directory at `url` under `at`, as a volume with this name.

        Raises:
            UnknownStorageError: the settings do not say how this address is reached.
        """


def volumes(mounts: Iterable[Mount]) -> list[Manifest]:
    """Return the volumes of several mounts, each once."""
    return list({each.volume["name"]: each.volume for each in mounts}.values())


def annotations(mounts: Iterable[Mount]) -> dict[str, str]:
    """Return all annotations that a Pod needs for several mounts."""
    return {key: value for each in mounts for key, value in each.pod_annotations.items()}


def claim_mount(claim: str, path: str, *, name: str, at: str, read_only: bool) -> Mount:
    """Return a mount of one path in a claim: a neighbour's data in the claim is not seen."""
    return Mount(
        volume={"name": name, "persistentVolumeClaim": {"claimName": claim}},
        volume_mount=volume_mount(name, at, read_only=read_only, sub_path=path),
    )


def volume_mount(name: str, at: str, *, read_only: bool, sub_path: str | None = None) -> Manifest:
    """Return a container's mount; what is false or absent is left out."""
    return {
        "name": name,
        "mountPath": at,
        **({"subPath": sub_path} if sub_path else {}),
        **({"readOnly": True} if read_only else {}),
    }
