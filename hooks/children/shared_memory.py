"""The memory through which the processes of several accelerators speak: `/dev/shm`.

A container has 64 MB of it by default, with which NCCL and the workers of data loaders fail.
"""

from hooks.manifest import Manifest
from hooks.platform.sizing import Fit

_NAME = "shared-memory"


def mounts(fit: Fit) -> list[Manifest]:
    """Return the container's mount, where it has several accelerators."""
    return [{"name": _NAME, "mountPath": "/dev/shm"}] if fit.gpus > 1 else []  # noqa: S108 - its place


def volumes(fit: Fit) -> list[Manifest]:
    """Return the volume for it. It counts as the container's memory, which has no limit."""
    return [{"name": _NAME, "emptyDir": {"medium": "Memory"}}] if fit.gpus > 1 else []
