"""The steps that objects go through, and all that differs between them.

What a step does is in `hooks/steps/`. This is what the API, the settings, the children, the
conditions and the command line must agree about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from hooks.reasons import Reason


class AccountRole(StrEnum):
    """The service accounts of Pods, by their names."""

    DATA_LOADER = "data-loader"
    DATA_LOADER_BUILDER = "data-loader-builder"
    MODEL_BUILDER = "model-builder"
    MODEL_SERVER = "model-server"
    MODEL_TRAINER = "model-trainer"
    NOTEBOOK = "notebook"


class PatchKind(StrEnum):
    """A kind of child that can be patched."""

    JOB = "Job"
    STATEFUL_SET = "StatefulSet"
    SERVICE = "Service"
    CLAIM = "PersistentVolumeClaim"


@dataclass(frozen=True)
class _Facts:
    """What there is to know of a step; `Step` says what each is."""

    condition: str
    running: Reason
    failed: Reason
    done: Reason
    subject: str
    verb: str
    container: str
    accounts: Mapping[str, AccountRole]
    patchable: tuple[PatchKind, ...]


class Step(StrEnum):
    """A step of an object, by the name that users write.

    Attributes:
        condition: the type of the condition that reports it.
        running: the condition's reason while the step is on its way.
        failed: the reason when its Job has failed.
        done: the reason when it is complete, or runs.
        subject: how a sentence about it begins.
        verb: what its child does to the object, as in "it loads Dataset squad".
        container: the name of the container that does it.
        accounts: the service account of its Pods, by the kind of the object.
        patchable: the kinds of its children that can be patched.
    """

    condition: str
    running: Reason
    failed: Reason
    done: Reason
    subject: str
    verb: str
    container: str
    accounts: Mapping[str, AccountRole]
    patchable: tuple[PatchKind, ...]

    def __new__(cls, name: str, facts: _Facts) -> Self:
        """Return the member of this name, with the facts as its attributes."""
        step = str.__new__(cls, name)
        step._value_ = name
        vars(step).update(vars(facts))
        return step

    BUILD = (
        "build",
        _Facts(
            condition="Built",
            running=Reason.BUILDING,
            failed=Reason.BUILD_FAILED,
            done=Reason.BUILT_AND_PUSHED,
            subject="The image's build",
            verb="builds the image of",
            container="builder",
            accounts={
                "Dataset": AccountRole.DATA_LOADER_BUILDER,
                "Model": AccountRole.MODEL_BUILDER,
            },
            patchable=(PatchKind.JOB,),
        ),
    )
    LOAD = (
        "load",
        _Facts(
            condition="Loaded",
            running=Reason.LOADING,
            failed=Reason.LOAD_FAILED,
            done=Reason.LOADED,
            subject="Loading",
            verb="loads",
            container="loader",
            accounts={"Dataset": AccountRole.DATA_LOADER, "Model": AccountRole.DATA_LOADER},
            patchable=(PatchKind.JOB, PatchKind.CLAIM),
        ),
    )
    TRAINER = (
        "trainer",
        _Facts(
            condition="TrainerBuilt",
            running=Reason.BUILDING,
            failed=Reason.BUILD_FAILED,
            done=Reason.BUILT_AND_PUSHED,
            subject="The trainer's build",
            verb="builds the trainer of",
            container="builder",
            accounts={"Model": AccountRole.MODEL_BUILDER},
            patchable=(PatchKind.JOB,),
        ),
    )
    TRAIN = (
        "train",
        _Facts(
            condition="Trained",
            running=Reason.TRAINING,
            failed=Reason.TRAINING_FAILED,
            done=Reason.TRAINED,
            subject="Training",
            verb="trains",
            container="trainer",
            accounts={"Model": AccountRole.MODEL_TRAINER},
            patchable=(PatchKind.JOB, PatchKind.CLAIM),
        ),
    )
    PACKAGE = (
        "package",
        _Facts(
            condition="Built",
            running=Reason.BUILDING,
            failed=Reason.BUILD_FAILED,
            done=Reason.BUILT_AND_PUSHED,
            subject="The trained image's build",
            verb="builds the image of",
            container="builder",
            accounts={"Model": AccountRole.MODEL_BUILDER},
            patchable=(PatchKind.JOB,),
        ),
    )
    SERVE = (
        "serve",
        _Facts(
            condition="Serving",
            running=Reason.SERVER_NOT_READY,
            failed=Reason.SERVER_NOT_READY,
            done=Reason.SERVING,
            subject="The server",
            verb="serves",
            container="server",
            accounts={"ModelServer": AccountRole.MODEL_SERVER},
            patchable=(PatchKind.STATEFUL_SET, PatchKind.SERVICE),
        ),
    )
    NOTEBOOK = (
        "notebook",
        _Facts(
            condition="Running",
            running=Reason.NOTEBOOK_NOT_READY,
            failed=Reason.NOTEBOOK_NOT_READY,
            done=Reason.RUNNING,
            subject="The notebook",
            verb="runs",
            container="notebook",
            accounts={"Notebook": AccountRole.NOTEBOOK},
            patchable=(PatchKind.STATEFUL_SET, PatchKind.SERVICE, PatchKind.CLAIM),
        ),
    )

    @classmethod
    def named(cls, name: str | None) -> Self | None:
        """Return the step that users write so; None where there is none of this name."""
        return next((step for step in cls if step == name), None)

    @classmethod
    def of_kind(cls, kind: str) -> tuple[Self, ...]:
        """Return the steps that objects of a kind may have, in their order."""
        return tuple(step for step in cls if kind in step.accounts)
