"""Build: an image is built from git, for a Dataset or a Model."""

from dataclasses import dataclass, replace
from typing import Any

from hooks import names
from hooks.api import Dataset, GitSource, Model
from hooks.children.build_job import git_builder, make_build_job
from hooks.children.builder_configmap import make_builder_configmap
from hooks.conditions import Condition, Violation
from hooks.names import Owner
from hooks.observe.made import made
from hooks.observe.request import Observed
from hooks.observe.versions import versions
from hooks.platform import sizing
from hooks.platform.builders import WITH_SECRETS
from hooks.reasons import Reason
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runs
from hooks.steps.outcome import Outcome, finished
from hooks.steps.patched import patched


def inputs(parent: Dataset | Model) -> dict[str, Any]:
    """Return what decides the result: the source, and what asks to build it again."""
    source = parent.spec.source
    return {
        "git": source.git and source.git.deciding(),
        "image": source.image,
        "rebuild": parent.metadata.annotations.get(names.REBUILD),
    }


def build(
    parent: Dataset | Model, observed: Observed, *, image: str | None, settings: Settings
) -> Outcome:
    """Return what has become of the image.

    Args:
        parent: what it is built for; an image that its source gives is there at once.
        observed: the call.
        image: the image that the status calls complete, which may be an older run's.
        settings: registry and builder.
    """
    git, given = parent.spec.source.git, parent.spec.source.image
    if git is None:
        assert given is not None  # noqa: S101 - the API's rule, and the caller's: no url
        return _given(given)
    owner = Owner.of(observed.parent)
    run_id = names.run_id(owner, inputs(parent))
    weights = sizing.weights(parent.spec) if isinstance(parent, Model) else 0
    build = Build(Step.BUILD, git, run_id, weights)
    return from_git(build, parent, observed, image=image, settings=settings)


@dataclass(frozen=True)
class Build:
    """An image to build from git.

    Attributes:
        step: the step that it is.
        git: the source.
        run: the id of its run.
        weights: bytes of weights that it holds, for the builder's disk.
    """

    step: Step
    git: GitSource
    run: str
    weights: int


def from_git(
    build: Build,
    parent: Dataset | Model,
    observed: Observed,
    *,
    image: str | None,
    settings: Settings,
) -> Outcome:
    """Return what has become of an image that is built from git; `image` as for `build`."""
    owner, step = Owner.of(observed.parent), build.step
    said = made(build.run, step, observed)
    if image and names.image_run(image) == build.run:
        return finished(step, said.reference(image))
    pushed = names.image(settings.registry.url, owner, build.run)
    retry = parent.metadata.annotations.get(names.RETRY)
    run = Run(owner, step, build.run, pushed, retry, parent.spec, versions(observed))
    if done := runs.complete(run, observed):
        return replace(finished(step, said.reference(str(done.result))), children=done.children)
    files = git_builder(build.git, pushed, settings).files
    job = make_build_job(run, build.git, build.weights, settings)
    return runs.advance(
        run,
        observed,
        _without_secrets(build.git, settings) or patched(job, parent.spec, settings),
        [make_builder_configmap(owner, step, files)] if files else [],
    )


def nothing(url: str, settings: Settings) -> Outcome:
    """Return the outcome of what is loaded from an address; its image is the loader's."""
    message = "Nothing is built: the loader of the settings loads from spec.source.url."
    condition = Condition(Step.BUILD.condition, "True", Reason.NOTHING_TO_BUILD, message)
    return Outcome(condition, settings.sources.image(url))


def _without_secrets(git: GitSource, settings: Settings) -> Violation | None:
    """Return that the builder would show the build's secrets to every `RUN`."""
    if not git.build_secrets or settings.builder.type in WITH_SECRETS:
        return None
    return Violation(
        Reason.NOT_SUPPORTED,
        f"buildSecrets need another builder than {settings.builder.type}, which shows them to "
        f"every RUN: set builder.type in the settings to {' or '.join(sorted(WITH_SECRETS))}.",
    )


def _given(image: str) -> Outcome:
    """Return the outcome of an image that nobody builds."""
    message = f"Given: {image}. Whether it can be pulled is seen when it runs."
    return Outcome(Condition(Step.BUILD.condition, "True", Reason.IMAGE_GIVEN, message), image)
