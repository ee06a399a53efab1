"""Storage: where Datasets and training runs keep what they write.

To add one: a module beside this with a class that is a `Storage`, and a line in
`StorageSettings`.
"""

from collections.abc import Mapping
from typing import Self, get_args

from pydantic import Field, field_validator, model_validator

from hooks.api import Packaging
from hooks.platform.section import Section
from hooks.platform.storage.azure import Azure
from hooks.platform.storage.gcs import Gcs
from hooks.platform.storage.pvc import Pvc
from hooks.platform.storage.s3 import S3
from hooks.platform.storage.types import (
    Mount,
    Storage,
    UnknownStorageError,
    annotations,
    volumes,
)


class StorageSettings(Section):
    """Where Datasets and training runs keep what they write.

    The storages beside the chosen one are still read from: what lies there stays in use.
    """

    type: str = Field(
        default="pvc", description="Where what is new goes: the name of one of the storages below."
    )
    packaging: Packaging = Field(
        default=Packaging.IMAGE,
        description="Where the result of a training goes if the Model does not say it: `Image` or "
        "`Storage`. It counts for runs that begin later.",
    )
    one_node: bool = Field(
        default=False,
        description="Whether the cluster has one node: then several Pods may have a claim that is "
        "ReadWriteOnce.",
    )
    copy_image: str = Field(
        default="docker.io/library/busybox:1.37.0",
        min_length=1,
        description="An image with `cp`, for storages in which a training cannot write freely.",
    )
    pvc: Pvc = Field(default=Pvc(), description="Claims of the objects' own; see `claims`.")
    gcs: Gcs | None = Field(default=None, description="A bucket of Google Cloud Storage.")
    s3: S3 | None = Field(default=None, description="A bucket of S3.")
    azure: Azure | None = Field(default=None, description="A container of Azure Blob Storage.")

    @field_validator("type")
    @classmethod
    def _type_is_a_storage(cls, value: str) -> str:
        if value not in STORAGES:
            raise ValueError(f"must be one of {', '.join(STORAGES)}")
        return value

    @model_validator(mode="after")
    def _chosen_one_is_configured(self) -> Self:
        if getattr(self, self.type) is None:
            raise ValueError(f"type is {self.type}, so the section {self.type} is needed beside it")
        return self

    @property
    def chosen(self) -> Storage:
        """The storage for what is new."""
        found: Storage = getattr(self, self.type)
        return found

    def given_claims(self) -> list[str]:
        """Return the claims that an administrator makes in each namespace."""
        configured = [getattr(self, each) for each in STORAGES]
        return [
            claim
            for each in configured
            if isinstance(each, Storage)
            for claim in each.given_claims()
        ]

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return how a Pod reaches the directory at `url`, whichever storage wrote it.

        The address says which storage it is: what was written before the settings changed is
        still found.

        Raises:
            UnknownStorageError: no storage writes such an address, or the settings do not have it.
        """
        kind = for_url(url)
        for each in STORAGES:
            found = getattr(self, each)
            if isinstance(found, kind):
                return found.mount(url, name=name, at=at, read_only=read_only)
        raise UnknownStorageError(f"The settings have no storage that reaches {url!r}.")

    def problem(self, url: str) -> str | None:
        """Return why no Pod could mount what is at the address, or None."""
        try:
            self.mount(url, name="data", at="/data", read_only=True)
        except UnknownStorageError as error:
            return str(error)
        return None


def _kinds() -> Mapping[str, type[Storage]]:
    return {
        name: kind
        for name, field in StorageSettings.model_fields.items()
        for kind in (field.annotation, *get_args(field.annotation))
        if isinstance(kind, type) and issubclass(kind, Storage)
    }


STORAGES: Mapping[str, type[Storage]] = _kinds()
"""Every storage that the settings may name."""


def for_url(url: str) -> type[Storage]:
    """Return the kind of storage that wrote this address, or raise UnknownStorageError."""
    for storage in STORAGES.values():
        if storage.owns(url):
            return storage
    raise UnknownStorageError(f"No storage writes the address {url!r}.")


__all__ = [
    "STORAGES",
    "Mount",
    "Storage",
    "StorageSettings",
    "UnknownStorageError",
    "annotations",
    "for_url",
    "volumes",
]
