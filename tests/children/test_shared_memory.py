"""`/dev/shm`: large where a Pod has several accelerators, whose processes speak through it."""

from rendering import pods

from hooks.settings import load

SETTINGS = """
compute:
  accelerators:
    - {name: a100, memoryGiB: 80, maxPerNode: 8}
"""
MEMORY = {"name": "shared-memory", "emptyDir": {"medium": "Memory"}}
MOUNT = {"name": "shared-memory", "mountPath": "/dev/shm"}  # noqa: S108 - its place


def parts(step, example):
    """Return the mounts of a step's first container, and the volumes of its Pod."""
    settings = load(SETTINGS, source="settings")
    spec = next(pod["spec"] for each, pod in pods(settings, example) if each == step)
    return spec["containers"][0].get("volumeMounts", []), spec.get("volumes", [])


def test_with_several_accelerators_it_is_memory_of_the_pod():
    mounts, volumes = parts("serve", "40b-gpu")
    assert MOUNT in mounts
    assert MEMORY in volumes


def test_with_one_accelerator_it_is_as_it_is():
    mounts, volumes = parts("serve", "7b-gpu")
    assert MOUNT not in mounts
    assert MEMORY not in volumes
