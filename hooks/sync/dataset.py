"""A Dataset: an image is built from git, and its `load.sh` loads the data once."""

from datetime import datetime

from pydantic import ValidationError

from hooks import names
from hooks.api import Dataset, explain
from hooks.children.build_job import git_builder, make_build_job
from hooks.children.builder_configmap import make_builder_configmap
from hooks.children.claim import make_claim
from hooks.children.load_job import make_load_job
from hooks.platform import storage
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import claims
from hooks.sync.answer import answer, invalid, named, own_jobs, own_pods
from hooks.sync.desired import Desired, Rule
from hooks.sync.observed import Manifest, Objects, Observed
from hooks.sync.runs import Outcome, Run, Words, advance, blocked, finished, pending
from hooks.sync.storage_lost import storage_lost

KIND = "Dataset"
BUILT = Words(
    "Built", Reason.BUILDING, Reason.BUILD_FAILED, Reason.BUILT_AND_PUSHED, "The image's build"
)
LOADED = Words("Loaded", Reason.LOADING, Reason.LOAD_FAILED, Reason.LOADED, "Loading")


def sync(
    parent: Manifest, children: Objects, related: Objects, *, settings: Settings, now: datetime
) -> Desired:
    """Return a Dataset's status and children.

    Args:
        parent: the Dataset.
        children: its Jobs, claim and ConfigMap, as they are.
        related: what `customize` asks for.
        settings: what differs between clusters.
        now: the time, for the conditions and for how long finished Jobs stay.
    """
    observed = Observed(parent, children, related, now)
    try:
        dataset = Dataset.model_validate(parent)
    except ValidationError as error:
        return invalid(observed, explain(error), types=(BUILT.type, LOADED.type))
    built = _build(dataset, observed, settings)
    loaded = _load(dataset, observed, built, settings)
    status = dataset.status
    return answer(
        observed,
        steps=[built.condition, loaded.condition],
        fields={
            "image": built.result or status.image,
            "url": loaded.result or status.url,
        },
        children=[*built.children, *loaded.children, *claims.every_kept(observed)],
        settings=settings,
    )


def customize(parent: Manifest) -> list[Rule]:
    """Return what a Dataset must see beside its children: its Pods, and who holds its names."""
    name = parent["metadata"]["name"]
    return [
        own_pods(parent),
        own_jobs(parent),
        named(parent, "v1", "persistentvolumeclaims", names.dataset_claim(name)),
        named(parent, "v1", "configmaps", names.builder_files(name, KIND)),
    ]


def _build(dataset: Dataset, observed: Observed, settings: Settings) -> Outcome:
    owner = names.owner(dataset.metadata)
    git = dataset.spec.source.git
    run = names.run_hash(KIND, owner, _build_inputs(dataset))
    if names.image_run(dataset.status.image) == run:
        return finished(BUILT, str(dataset.status.image))
    image = names.image(settings.registry.url, KIND, owner, run)
    build = Run(
        owner, KIND, "build", run, image, dataset.metadata.annotations.get(names.RETRY), BUILT
    )
    builder = git_builder(git, image=image, settings=settings)
    files = names.builder_files(owner[1], KIND)
    labels = names.labels(KIND, owner[1], "build")
    metadata = {"name": files, "namespace": owner[0], "labels": labels}
    return advance(
        build,
        observed,
        make=lambda: make_build_job(
            build.metadata(), git, builder, files=files, weights=0, settings=settings
        ),
        beside=[make_builder_configmap(metadata, builder.files)] if builder.files else [],
    )


def _load(dataset: Dataset, observed: Observed, built: Outcome, settings: Settings) -> Outcome:
    if built.result is None:
        return pending(LOADED, "the image")
    owner = names.owner(dataset.metadata)
    inputs = {**_build_inputs(dataset), "filename": dataset.spec.filename}
    run = names.run_hash(KIND, owner, inputs)
    url = dataset.status.url
    if url and names.url_run(url) == run:
        lost = storage_lost(url, observed)
        return blocked(LOADED, lost) if lost else finished(LOADED, url)
    where = storage.STORAGES[settings.storage.type]
    claim = names.dataset_claim(owner[1])
    path = f"{names.data_path(owner, run)}/data/{dataset.spec.filename}"
    load = Run(
        owner,
        KIND,
        "load",
        run,
        where.url(path, claim=claim),
        dataset.metadata.annotations.get(names.RETRY),
        LOADED,
    )
    metadata = {
        "name": claim,
        "namespace": owner[0],
        "labels": names.labels(KIND, owner[1], "load"),
    }
    fresh = make_claim(metadata, settings.claims.dataset_size, settings.claims)
    return advance(
        load,
        observed,
        make=lambda: make_load_job(
            load.metadata(), image=str(built.result), url=load.result, jobs=settings.jobs
        ),
        beside=[claims.kept(fresh, observed)] if where.needs_claim else [],
    )


def _build_inputs(dataset: Dataset) -> dict[str, object]:
    git = dataset.spec.source.git.model_dump(by_alias=True, exclude_none=True)
    return {"git": git, "rebuild": dataset.metadata.annotations.get(names.REBUILD)}
