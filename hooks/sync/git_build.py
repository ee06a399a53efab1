"""The step that Datasets and Models share: an image is built from git."""

from typing import Any

from hooks import names
from hooks.api import GitSource, ObjectMeta
from hooks.children.build_job import git_builder, make_build_job
from hooks.children.builder_configmap import make_builder_configmap
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync.asked import Asked
from hooks.sync.observed import Manifest, Observed
from hooks.sync.runs import Outcome, Run, Words, advance, finished

STEP = "build"
BUILT = Words(
    "Built", Reason.BUILDING, Reason.BUILD_FAILED, Reason.BUILT_AND_PUSHED, "The image's build"
)


def inputs(metadata: ObjectMeta, git: GitSource) -> dict[str, Any]:
    """Return what decides the result: the source, and what asks to build it again."""
    source = git.model_dump(by_alias=True, exclude_none=True)
    return {"git": source, "rebuild": metadata.annotations.get(names.REBUILD)}


def run_of(metadata: ObjectMeta, kind: str, git: GitSource) -> str:
    """Return the run that builds this source for this object."""
    return names.run_hash(kind, names.owner(metadata), inputs(metadata, git))


def build(
    metadata: ObjectMeta,
    git: GitSource,
    observed: Observed,
    *,
    image: str | None,
    weights: int,
    asked: Asked,
    settings: Settings,
) -> Outcome:
    """Return what has become of the image.

    Args:
        metadata: the parent's.
        git: what to build.
        observed: the call.
        image: the image that the status calls complete, which may be an older run's.
        weights: bytes of the Model's weights; 0 for a Dataset.
        asked: what is asked of the Job.
        settings: registry and builder.
    """
    kind, owner = observed.parent["kind"], names.owner(metadata)
    run = run_of(metadata, kind, git)
    if image and names.image_run(image) == run:
        return finished(BUILT, image)
    pushed = names.image(settings.registry.url, kind, owner, run)
    retry = metadata.annotations.get(names.RETRY)
    work = Run(owner, kind, STEP, run, pushed, retry, BUILT, asked)
    builder = git_builder(git, image=pushed, settings=settings)
    files = names.builder_files(owner[1], kind)

    def make() -> Manifest:
        return make_build_job(
            work.metadata(),
            git,
            builder,
            files=files,
            role="data-loader-builder" if kind == "Dataset" else "model-builder",
            weights=weights,
            settings=settings,
        )

    beside = [make_builder_configmap(names.metadata(kind, owner, files, STEP), builder.files)]
    return advance(work, observed, make=make, beside=beside if builder.files else [])
