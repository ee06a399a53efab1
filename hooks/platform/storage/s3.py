"""Amazon S3 and what speaks like it, mounted by the Mountpoint CSI driver.

The driver has no inline volumes, so an administrator makes a PersistentVolume of the bucket and a
claim for it in each namespace. A file is written from beginning to end: nothing can be appended
to or renamed. A training does both, so it writes to the node's disk and is copied at its end.
See https://github.com/awslabs/mountpoint-s3-csi-driver/blob/main/docs/CONFIGURATION.md.
"""

import re
from typing import ClassVar

from pydantic import Field

from hooks.platform.storage.types import Mount, Storage, UnknownStorageError, claim_mount

_SCHEME = "s3://"
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_ADDRESS = re.compile(rf"{_SCHEME}{_BUCKET}/.+")


class S3(Storage):
    """A bucket of S3: `s3://<bucket>/<path>`."""

    writes_once: ClassVar[bool] = True

    bucket: str = Field(pattern=f"^{_BUCKET}$", description="The bucket's name.")
    claim_name: str = Field(
        default="substratus-bucket",
        min_length=1,
        description="The claim of the bucket, which an administrator makes in each namespace.",
    )

    @classmethod
    def owns(cls, url: str) -> bool:
        """Return whether the address names a bucket and a path in it."""
        return _ADDRESS.fullmatch(url) is not None

    def given_claims(self) -> tuple[str, ...]:
        """Return the claim of the bucket."""
        return (self.claim_name,)

    def url(self, path: str, *, claim: str) -> str:  # noqa: ARG002 - the claim is not the parent's
        """Return the address of `path` in the bucket."""
        return f"{_SCHEME}{self.bucket}/{path}"

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return a mount of the path in the claim of the bucket."""
        bucket, _, path = url.removeprefix(_SCHEME).partition("/")
        if bucket != self.bucket:
            raise UnknownStorageError(
                f"The settings have the bucket {self.bucket} in storage.s3, not that of {url!r}."
            )
        return claim_mount(self.claim_name, path, name=name, at=at, read_only=read_only)
