"""Build: an image is built from git, for a Dataset or a Model."""

from typing import Any

from hooks import names
from hooks.api import Dataset, GitSource, Model, ObjectMeta
from hooks.children.build_job import git_builder, make_build_job
from hooks.children.builder_configmap import make_builder_configmap
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.platform import sizing
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runs
from hooks.steps.outcome import Outcome, finished
from hooks.steps.patched import patched


def inputs(metadata: ObjectMeta, git: GitSource) -> dict[str, Any]:
    """Return what decides the result: the source, and what asks to build it again."""
    source = git.model_dump(by_alias=True, exclude_none=True)
    return {"git": source, "rebuild": metadata.annotations.get(names.REBUILD)}


def build(
    parent: Dataset | Model,
    git: GitSource,
    observed: Observed,
    *,
    image: str | None,
    settings: Settings,
) -> Outcome:
    """Return what has become of the image.

    Args:
        parent: what it is built for.
        git: what to build.
        observed: the call.
        image: the image that the status calls complete, which may be an older run's.
        settings: registry and builder.
    """
    owner = Owner.of(observed.parent)
    run_id = names.run_id(owner, inputs(parent.metadata, git))
    if image and names.image_run(image) == run_id:
        return finished(Step.BUILD, image)
    pushed = names.image(settings.registry.url, owner, run_id)
    retry = parent.metadata.annotations.get(names.RETRY)
    run = Run(owner, Step.BUILD, run_id, pushed, retry, parent.spec)
    if done := runs.complete(run, observed):
        return done
    weights = sizing.weights(parent.spec) if isinstance(parent, Model) else 0
    files = git_builder(git, pushed, settings).files
    return runs.advance(
        run,
        observed,
        patched(make_build_job(run, git, weights, settings), parent.spec, settings),
        [make_builder_configmap(owner, Step.BUILD, files)] if files else [],
    )
