"""Google Cloud Storage, mounted by GKE's Cloud Storage FUSE CSI driver.

See https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-ephemeral.
Each directory is a volume of its own: a subPath would be made before the driver's container runs.
"""

import re

from pydantic import Field

from hooks.platform.storage.types import Mount, Storage, volume_mount

_SCHEME = "gs://"
_BUCKET = r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]"
_ADDRESS = re.compile(rf"{_SCHEME}{_BUCKET}/.+")
_READ = ("implicit-dirs",)
_WRITE = (*_READ, "rename-dir-limit=200000", "file-mode=777", "dir-mode=777")
"""Any user of the image may write: the mount is the Pod's own. Directories can be renamed."""


class Gcs(Storage):
    """A bucket of Google Cloud Storage: `gs://<bucket>/<path>`."""

    bucket: str = Field(pattern=f"^{_BUCKET}$", description="The bucket's name.")

    @classmethod
    def owns(cls, url: str) -> bool:
        """Return whether the address names a bucket and a path in it."""
        return _ADDRESS.fullmatch(url) is not None

    def url(self, path: str, *, claim: str) -> str:  # noqa: ARG002 - needs none
        """Return the address of `path` in the bucket."""
        return f"{_SCHEME}{self.bucket}/{path}"

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return an inline volume of the directory, and the annotation that the driver asks for."""
        bucket, _, path = url.removeprefix(_SCHEME).partition("/")
        options = ",".join([*(_READ if read_only else _WRITE), f"only-dir={path}"])
        own = f"{name}-{path.rpartition('/')[2]}"
        return Mount(
            volume={
                "name": own,
                "csi": {
                    "driver": "gcsfuse.csi.storage.gke.io",
                    **({"readOnly": True} if read_only else {}),
                    "volumeAttributes": {"bucketName": bucket, "mountOptions": options},
                },
            },
            volume_mount=volume_mount(own, at, read_only=read_only),
            pod_annotations={"gke-gcsfuse/volumes": "true"},
        )
