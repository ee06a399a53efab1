"""A Dataset: an image is built from git, and its `load.sh` loads the data once."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from hooks import names
from hooks.api import Dataset, explain
from hooks.manifest import Manifest, Objects
from hooks.names import Owner
from hooks.observe import claims
from hooks.observe.jobs import still_running
from hooks.observe.made import made
from hooks.observe.related import Rule, named, own_jobs, own_pods
from hooks.observe.request import Observed
from hooks.observe.versions import versions
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import build, load
from hooks.steps.outcome import Outcome
from hooks.steps.url_provenance import url_provenance
from hooks.sync.answer import Desired, answer, invalid


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
        types = (Step.BUILD.condition, Step.LOAD.condition)
        return invalid(observed, explain(error), types=types)
    status = dataset.status
    load_run = names.run_id(Owner.of(parent), load.inputs(dataset))
    url = dataset.spec.source.url
    built = (
        build.nothing(url, settings)
        if url
        else build.build(dataset, observed, image=status.image, settings=settings)
    )
    loaded = load.load(dataset, load_run, built, observed, settings)
    return answer(
        observed,
        steps=[built, loaded],
        fields={
            "image": built.result or status.image,
            "commit": _commit(dataset, built, observed),
            "url": loaded.result or status.url,
            "provenance": _provenance(dataset, load_run, loaded, observed),
        },
        remaining=[
            *still_running(observed, {load_run}, versions(observed)),
            *claims.every_kept(observed),
        ],
        settings=settings,
    )


def _provenance(
    dataset: Dataset, run: str, loaded: Outcome, observed: Observed
) -> dict[str, Any] | None:
    """Return what the data was made of, where it is loaded from an address."""
    before = dataset.status.provenance
    previous = before.model_dump(by_alias=True, exclude_none=True) if before else None
    if loaded.result is None:
        return previous
    source = dataset.spec.source
    if source.url is None:
        return None
    return {"url": url_provenance(source, run, previous, observed), "hash": run}


def _commit(dataset: Dataset, built: Outcome, observed: Observed) -> str | None:
    """Return what the image was built of, as its build says or said."""
    before, image = names.image_run(dataset.status.image), names.image_run(built.result)
    if dataset.spec.source.git is None or image is None:
        return dataset.status.commit if image is None else None
    known = dataset.status.commit if image == before else None
    return made(image, Step.BUILD, observed).commit or known


def customize(parent: Manifest) -> list[Rule]:
    """Return what a Dataset must see beside its children: its Pods, and who holds its names."""
    owner = Owner.of(parent)
    return [
        own_pods(parent),
        own_jobs(parent),
        *([named(parent, "batch/v1", "jobs", *jobs)] if (jobs := _jobs(parent)) else []),
        named(parent, "v1", "persistentvolumeclaims", names.dataset_claim(owner.name)),
        named(parent, "v1", "configmaps", names.builder_files(owner)),
    ]


def _jobs(parent: Manifest) -> list[str]:
    """Return the Jobs that the spec alone names: a customize hook may look at nothing else."""
    owner = Owner.of(parent)
    metadata = {"name": owner.name, "namespace": owner.namespace}
    try:
        dataset = Dataset.model_validate({"metadata": metadata, "spec": parent.get("spec")})
    except ValidationError:
        return []
    return [
        names.job(owner, Step.BUILD, run=names.run_id(owner, build.inputs(dataset))),
        names.job(owner, Step.LOAD, run=names.run_id(owner, load.inputs(dataset))),
    ]
