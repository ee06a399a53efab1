"""Volumes for claims, as a provisioner would make them: there is none for nodes of kwok."""

from collections.abc import Callable
from pathlib import Path

import httpx

STORAGE_CLASS = "e2e"
"""The default StorageClass of manifests/nodes.yaml."""


SMALL_CLAIM = "16Mi"
"""A claim of this size is really as small, and can be full."""
Limit = Callable[[Path, str], None]
"""Lets a directory hold no more than a size, as `mount` has it."""


class Binder:
    """Makes a volume for each claim of the tests' StorageClass that has none.

    A volume is a directory below `parent`, which `limit` keeps small where the claim is; without
    `parent` it is one that does not exist, for nodes that run nothing.
    """

    def __init__(
        self,
        connect: Callable[[], httpx.Client],
        parent: Path | None = None,
        limit: Limit | None = None,
    ) -> None:
        self._connect = connect
        self._parent = parent
        self._limit = limit
        self._made: set[str] = set()

    def __call__(self, claim: dict) -> None:
        uid, spec = claim["metadata"]["uid"], claim["spec"]
        ours = spec.get("storageClassName") == STORAGE_CLASS
        if uid in self._made or spec.get("volumeName") or not ours:
            return
        with self._connect() as client:
            volume = _volume(claim, self._directory(claim))
            client.post("/api/v1/persistentvolumes", json=volume).raise_for_status()
        self._made.add(uid)

    def _directory(self, claim: dict) -> Path:
        if self._parent is None:
            return Path("/nowhere")
        metadata = claim["metadata"]
        directory = self._parent / metadata["namespace"] / f"{metadata['name']}-{metadata['uid']}"
        directory.mkdir(parents=True)
        directory.chmod(0o777)  # volumes of this type ignore the Pods' fsGroup
        is_small = claim["spec"]["resources"]["requests"]["storage"] == SMALL_CLAIM
        if is_small and self._limit:
            self._limit(directory, SMALL_CLAIM.removesuffix("i").lower())
        return directory


def _volume(claim: dict, directory: Path) -> dict:
    metadata, spec = claim["metadata"], claim["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"e2e-{metadata['uid']}", "labels": {"substratus.ai/e2e": "volume"}},
        "spec": {
            "storageClassName": STORAGE_CLASS,
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "hostPath": {"path": str(directory)},
            "claimRef": {"namespace": metadata["namespace"], "name": metadata["name"]},
        },
    }
