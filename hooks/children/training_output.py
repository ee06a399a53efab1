"""Where a training writes: into its storage, or beside it where that cannot be written freely.

Trainers append to logs and rename checkpoints. A storage that can do neither gets the result when
the training is over: the trainer is then the Pod's first container, and a copy its last.
"""

from dataclasses import dataclass

from hooks.address import Address
from hooks.children import security
from hooks.manifest import Manifest
from hooks.platform.storage import Mount, annotations, volumes
from hooks.settings import Settings

_STAGED = "output"
_DIRECTORIES = ("trained", "logs")


@dataclass(frozen=True)
class Output:
    """What a trainer's Pod has for its result.

    Attributes:
        mounts: the trainer's mounts of `/model/trained` and `/model/logs`.
        volumes: the Pod's volumes for it.
        annotations: the Pod's annotations for it.
        copy: the container that copies the result at the end; None where none is needed.
    """

    mounts: list[Manifest]
    volumes: list[Manifest]
    annotations: dict[str, str]
    copy: Manifest | None


def training_output(trained: Address, settings: Settings) -> Output:
    """Return it for a run that keeps `/model/trained` at this address, and its logs beside it."""
    staged = settings.storage.chosen.writes_once
    below = "/run/result" if staged else "/model"
    kept = [
        settings.storage.mount(
            trained.sibling(each).url, name="run", at=f"{below}/{each}", read_only=False
        )
        for each in _DIRECTORIES
    ]
    if not staged:
        mounts = [each.volume_mount for each in kept]
        return Output(mounts, volumes(kept), annotations(kept), None)
    return Output(
        mounts=[
            {"name": _STAGED, "mountPath": f"/model/{each}", "subPath": each}
            for each in _DIRECTORIES
        ],
        volumes=[*volumes(kept), {"name": _STAGED, "emptyDir": {}}],
        annotations=annotations(kept),
        copy=_copy(kept, settings),
    )


def containers(trainer: Manifest, output: Output) -> Manifest:
    """Return the Pod's containers: the trainer alone, or the trainer and then the copy."""
    if output.copy is None:
        return {"containers": [trainer]}
    return {"initContainers": [trainer], "containers": [output.copy]}


def _copy(kept: list[Mount], settings: Settings) -> Manifest:
    staged = "/run/staged"
    return {
        "name": "copy",
        "image": settings.storage.copy_image,
        "command": ["cp"],
        "args": ["-R", "--", *(f"{staged}/{each}" for each in _DIRECTORIES), "/run/result/"],
        "resources": settings.resources.of_tool(),
        # The files belong to whichever user the trainer's image has.
        "securityContext": security.for_user_image(settings.pods),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": _STAGED, "mountPath": staged, "readOnly": True},
            *(each.volume_mount for each in kept),
        ],
    }
