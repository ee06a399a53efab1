"""Trainer: the image that a training runs in is built from its own git source."""

from typing import Any

from hooks import names
from hooks.api import GitSource, Model
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps.build import Build, from_git
from hooks.steps.outcome import Outcome


def git_of(model: Model) -> GitSource | None:
    """Return what the trainer is built of; None where an image is given, or the base's trains."""
    training = model.spec.training
    return training.source.git if training and training.source else None


def inputs(model: Model) -> dict[str, Any]:
    """Return what decides the trainer: its source, and what asks to build it again."""
    git = git_of(model)
    return {
        "trainer": git and git.deciding(),
        "rebuild": model.metadata.annotations.get(names.REBUILD),
    }


def run_id(model: Model) -> str:
    """Return the id of the run that builds it."""
    owner = Owner("Model", model.metadata.namespace, model.metadata.name)
    return names.run_id(owner, inputs(model))


def build_trainer(model: Model, observed: Observed, settings: Settings) -> Outcome | None:
    """Return what has become of the trainer's image; None where none is built."""
    git, status = git_of(model), model.status.trainer
    if git is None:
        return None
    build = Build(Step.TRAINER, git, run_id(model), weights=0)
    image = status.image if status else None
    return from_git(build, model, observed, image=image, settings=settings)
