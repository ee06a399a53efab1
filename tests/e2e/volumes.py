"""Volumes for claims, as a provisioner would make them: there is none for nodes of kwok."""

from collections.abc import Callable

import httpx

STORAGE_CLASS = "e2e"
"""The default StorageClass of manifests/nodes.yaml."""


class Binder:
    """Makes a volume for each claim of the tests' StorageClass that has none."""

    def __init__(self, connect: Callable[[], httpx.Client]) -> None:
        self._connect = connect
        self._made: set[str] = set()

    def __call__(self, claim: dict) -> None:
        uid, spec = claim["metadata"]["uid"], claim["spec"]
        ours = spec.get("storageClassName") == STORAGE_CLASS
        if uid in self._made or spec.get("volumeName") or not ours:
            return
        with self._connect() as client:
            client.post("/api/v1/persistentvolumes", json=_volume(claim)).raise_for_status()
        self._made.add(uid)


def _volume(claim: dict) -> dict:
    metadata, spec = claim["metadata"], claim["spec"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"e2e-{metadata['uid']}", "labels": {"substratus.ai/e2e": "volume"}},
        "spec": {
            "storageClassName": STORAGE_CLASS,
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "hostPath": {"path": "/nowhere"},
            "claimRef": {"namespace": metadata["namespace"], "name": metadata["name"]},
        },
    }
