"""A hundred patches by an object, half of them legal, each with what it is for and its verdict.

They are in patches/verdicts.yaml. The objects are in a namespace that shares a push Secret
`registry` and the claim `bucket` with others.
"""

from pathlib import Path
from typing import NamedTuple

from fake_cluster import Stage
from objects import DATASET, NOTEBOOK, SERVER, TUNED, UPSTREAM
from yaml_files import read

from hooks.settings import Settings

SETTINGS = Settings.model_validate(
    {
        "registry": {"pushSecret": "registry", "pullSecrets": ["pull"]},
        "git": {"secretName": "git"},
        "patchable": {"priorityClassNames": ["batch"], "runtimeClassNames": ["gvisor"]},
        "storage": {"s3": {"bucket": "tenants", "claimName": "bucket"}},
    }
)
RESTRICTED = Settings.model_validate({**SETTINGS.model_dump(), "pods": {"security": "restricted"}})
TRAINING = Stage(TUNED, related=tuple(UPSTREAM))
STAGES = {
    "build": Stage(DATASET),
    "load": Stage(DATASET).synced(settings=SETTINGS).completed("build"),
    "train": TRAINING,
    "package": TRAINING.synced(settings=SETTINGS).completed("train"),
    "serve": Stage(SERVER, related=tuple(UPSTREAM)),
    "notebook": Stage(NOTEBOOK, related=tuple(UPSTREAM)),
}
"""The object at whose next call the child of a step is made."""
POD = "/spec/template/spec"


class Verdict(NamedTuple):
    """A patch of a child of a step, and the value that it may not change; None where it may."""

    name: str
    step: str
    kind: str
    operations: list
    refused: str | None = None
    container: str | None = None
    settings: Settings = SETTINGS

    @property
    def stage(self):
        """The object with the patch, before the child is made."""
        target = {"kind": self.kind, "step": self.step}
        if self.container:
            target["container"] = self.container
        patch = {"target": target, "operations": self.operations}
        return STAGES[self.step].edited(patches=[patch])


def sidecar(**fields):
    """Return an operation that adds a container."""
    return {
        "op": "add",
        "path": f"{POD}/containers/-",
        "value": {"name": "side", "image": "example.com/side:1", **fields},
    }


CONTEXT = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def _verdict(entry):
    settings = RESTRICTED if entry.get("under") == "restricted" else SETTINGS
    return Verdict(
        *(entry[key] for key in ("patch", "step", "kind", "operations")),
        refused=entry.get("may not change"),
        container=entry.get("container"),
        settings=settings,
    )


EVERY = [_verdict(entry) for entry in read(Path(__file__).parent / "patches" / "verdicts.yaml")]
LEGAL = [verdict for verdict in EVERY if verdict.refused is None]
ILLEGAL = [verdict for verdict in EVERY if verdict.refused is not None]
