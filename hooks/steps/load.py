"""Load: the Dataset's image runs its `load.sh` once, or our loader loads from an address."""

from typing import Any

from hooks import names
from hooks.address import Address
from hooks.api import Dataset, DatasetSpec, deciding
from hooks.children.dataset_claim import make_dataset_claim
from hooks.children.load_job import make_load_job
from hooks.children.url_load_job import Loading, make_url_load_job
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.observe.results import storage_lost
from hooks.observe.versions import versions
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import build, runs
from hooks.steps.load_failures import not_allowed
from hooks.steps.outcome import Outcome, blocked, finished, pending
from hooks.steps.patched import patched


def inputs(dataset: Dataset) -> dict[str, Any]:
    """Return what decides what is loaded: the source, the filename, and variables."""
    spec = dataset.spec
    return {
        **build.inputs(dataset),
        "url": spec.source.url,
        "files": spec.source.files,
        "filename": spec.filename,
        "env": deciding(spec.env),
        "command": spec.command,
        "args": spec.args,
    }


def load(
    dataset: Dataset, run_id: str, built: Outcome, observed: Observed, settings: Settings
) -> Outcome:
    """Return what has become of the data.

    Args:
        dataset: the Dataset.
        run_id: the id of the run that loads what its spec asks for.
        built: what has become of its image.
        observed: the call.
        settings: storage and claims.
    """
    if built.result is None:
        return pending(Step.LOAD, "the image")
    owner = Owner.of(observed.parent)
    url = dataset.status.url
    if url and Address(url).run == run_id:
        lost = storage_lost(url, observed)
        return blocked(Step.LOAD, lost) if lost else finished(Step.LOAD, url)
    where = settings.storage.chosen
    path = f"{names.data_path(owner, run_id)}/data/{dataset.spec.filename}"
    result = where.url(path, claim=names.dataset_claim(owner.name))
    retry = dataset.metadata.annotations.get(names.RETRY)
    run = Run(owner, Step.LOAD, run_id, result, retry, dataset.spec, versions(observed))
    if done := runs.complete(run, observed):
        return done
    claims = [make_dataset_claim(owner, settings.claims)] if where.needs_claim else []
    return runs.advance(
        run,
        observed,
        _job(run, dataset.spec, built.result, settings),
        [patched(claim, dataset.spec, settings) for claim in claims],
    )


def _job(run: Run, spec: DatasetSpec, image: str, settings: Settings) -> Manifest | Violation:
    if spec.source.url is None:
        return patched(make_load_job(run, spec, image, settings), spec, settings)
    refused = not_allowed(spec.source.url, settings)
    if refused:
        return refused
    directory = Address(run.result).directory
    loading = Loading(
        url=spec.source.url,
        files=spec.source.files,
        filename=spec.filename,
        env=spec.env,
        destination=settings.storage.mount(directory.url, name="data", at="/data", read_only=False),
    )
    return patched(make_url_load_job(run, loading, settings), spec, settings)
