"""Azure Blob Storage, mounted by the Blob CSI driver.

Either inline, with a Secret of the account's key in each namespace, or through a claim that an
administrator makes in each namespace, which can use workload identity.
See https://github.com/kubernetes-sigs/blob-csi-driver/blob/master/docs/driver-parameters.md.
"""

import re
from typing import Any, Self

from pydantic import Field, model_validator

from hooks.platform.storage.types import (
    Mount,
    Storage,
    UnknownStorageError,
    claim_mount,
    volume_mount,
)

_ACCOUNT = r"[a-z0-9]{3,24}"
_CONTAINER = r"[a-z0-9](-?[a-z0-9]){2,62}"
_SUFFIX = "blob.core.windows.net"
_ADDRESS = re.compile(
    rf"https://(?P<account>{_ACCOUNT})[.]{re.escape(_SUFFIX)}/(?P<container>{_CONTAINER})/(?P<path>.+)"
)
_OPTIONS = "-o allow_other --file-cache-timeout-in-seconds=120"
"""As the driver's documentation has them; any user of the image may read and write."""


class Azure(Storage):
    """A container of Azure Blob Storage: `https://<account>.blob.core.windows.net/<container>/…`."""

    account: str = Field(pattern=f"^{_ACCOUNT}$", description="The storage account's name.")
    container: str = Field(pattern=f"^{_CONTAINER}$", description="The container's name.")
    secret_name: str | None = Field(
        default=None,
        min_length=1,
        description="The Secret with the account's name and key, in each namespace.",
    )
    claim_name: str | None = Field(
        default=None,
        min_length=1,
        description="Instead: the claim of the container, which an administrator makes in each "
        "namespace.",
    )

    @model_validator(mode="after")
    def _is_reached_in_one_way(self) -> Self:
        if (self.secret_name is None) == (self.claim_name is None):
            raise ValueError("needs exactly one of secretName and claimName")
        return self

    @classmethod
    def owns(cls, url: str) -> bool:
        """Return whether the address names an account, a container and a path in it."""
        return _ADDRESS.fullmatch(url) is not None

    def given_claims(self) -> tuple[str, ...]:
        """Return the claim of the container, where it is reached by one."""
        return (self.claim_name,) if self.claim_name else ()

    def url(self, path: str, *, claim: str) -> str:  # noqa: ARG002 - the claim is not the parent's
        """Return the address of `path` in the container."""
        return f"https://{self.account}.{_SUFFIX}/{self.container}/{path}"

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return a mount of the path in the container."""
        found = _ADDRESS.fullmatch(url)
        if not found or (found["account"], found["container"]) != (self.account, self.container):
            raise UnknownStorageError(
                f"The settings have {self.account} and {self.container} in storage.azure, "
                f"not those of {url!r}."
            )
        if self.claim_name:
            return claim_mount(
                self.claim_name, found["path"], name=name, at=at, read_only=read_only
            )
        return Mount(
            volume={"name": name, "csi": self._inline(read_only=read_only)},
            volume_mount=volume_mount(name, at, read_only=read_only, sub_path=found["path"]),
        )

    def _inline(self, *, read_only: bool) -> dict[str, Any]:
        return {
            "driver": "blob.csi.azure.com",
            **({"readOnly": True} if read_only else {}),
            "volumeAttributes": {
                "containerName": self.container,
                "secretName": self.secret_name,
                "mountOptions": _OPTIONS,
            },
        }
