"""A Dataset: an image is built from git, and its `load.sh` loads the data once."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from hooks import names
from hooks.api import Dataset, deciding, explain
from hooks.children.claim import make_claim
from hooks.children.load_job import make_load_job
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import asked, claims, git_build
from hooks.sync.answer import answer, invalid, named, own_jobs, own_pods
from hooks.sync.desired import Desired, Rule
from hooks.sync.jobs import still_running
from hooks.sync.observed import Manifest, Objects, Observed
from hooks.sync.runs import Outcome, Run, Words, advance, blocked, finished, pending
from hooks.sync.storage_lost import storage_lost

KIND = "Dataset"
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
        return invalid(observed, explain(error), types=(git_build.BUILT.type, LOADED.type))
    built = git_build.build(
        dataset.metadata,
        dataset.spec.source.git,
        observed,
        image=dataset.status.image,
        weights=0,
        asked=asked.of(dataset.spec, settings),
        settings=settings,
    )
    loaded = _load(dataset, observed, built, settings)
    status = dataset.status
    return answer(
        observed,
        steps=[built.condition, loaded.condition],
        fields={
            "image": built.result or status.image,
            "url": loaded.result or status.url,
        },
        children=[
            *built.children,
            *loaded.children,
            *still_running(observed, _load_run(dataset)),
            *claims.every_kept(observed),
        ],
        settings=settings,
    )


def customize(parent: Manifest) -> list[Rule]:
    """Return what a Dataset must see beside its children: its Pods, and who holds its names."""
    name = parent["metadata"]["name"]
    return [
        own_pods(parent),
        own_jobs(parent),
        *([named(parent, "batch/v1", "jobs", *jobs)] if (jobs := _jobs(parent)) else []),
        named(parent, "v1", "persistentvolumeclaims", names.dataset_claim(name)),
        named(parent, "v1", "configmaps", names.builder_files(name, KIND)),
    ]


def _jobs(parent: Manifest) -> list[str]:
    """Return the Jobs that the spec alone names: a customize hook may look at nothing else."""
    metadata = {key: parent["metadata"][key] for key in ("name", "namespace")}
    try:
        dataset = Dataset.model_validate({"metadata": metadata, "spec": parent.get("spec")})
    except ValidationError:
        return []
    build = git_build.run_of(dataset.metadata, KIND, dataset.spec.source.git)
    return [
        names.job(metadata["name"], KIND, "build", run=build),
        names.job(metadata["name"], KIND, "load", run=_load_run(dataset)),
    ]


def load_inputs(dataset: Dataset) -> dict[str, Any]:
    """Return what decides what is loaded: the source, the filename, and variables."""
    spec = dataset.spec
    built = git_build.inputs(dataset.metadata, spec.source.git)
    return {**built, "filename": spec.filename, "env": deciding(spec.env)}


def _load_run(dataset: Dataset) -> str:
    return names.run_hash(KIND, names.owner(dataset.metadata), load_inputs(dataset))


def _load(dataset: Dataset, observed: Observed, built: Outcome, settings: Settings) -> Outcome:
    if built.result is None:
        return pending(LOADED, "the image")
    owner = names.owner(dataset.metadata)
    run = _load_run(dataset)
    url = dataset.status.url
    if url and names.url_run(url) == run:
        lost = storage_lost(url, observed)
        return blocked(LOADED, lost) if lost else finished(LOADED, url)
    where = settings.storage.chosen
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
        asked.of(dataset.spec, settings),
    )
    metadata = names.metadata(KIND, owner, claim, "load")
    fresh = make_claim(metadata, settings.claims.dataset_size, settings.claims)
    return advance(
        load,
        observed,
        make=lambda: make_load_job(
            load.metadata(),
            image=str(built.result),
            url=load.result,
            env=dataset.spec.env,
            settings=settings,
        ),
        beside=[fresh] if where.needs_claim else [],
    )
