"""Load: a Model's weights are loaded from an address once, into a directory of its storage."""

from typing import Any

from hooks import names
from hooks.address import Address
from hooks.api import Model, deciding
from hooks.children.saved_weights import SAVED
from hooks.children.url_load_job import Loading, make_url_load_job
from hooks.children.weights_claim import make_weights_claim
from hooks.conditions import Violation
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.observe.results import storage_lost
from hooks.observe.versions import versions
from hooks.platform import sizing
from hooks.run import Run
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import runs
from hooks.steps.load_failures import not_allowed
from hooks.steps.outcome import Outcome, blocked, finished
from hooks.steps.patched import patched


def inputs(model: Model) -> dict[str, Any]:
    """Return what decides what is loaded: the address, the patterns, and variables."""
    return {
        "url": model.spec.source.url,
        "files": model.spec.source.files,
        "env": deciding(model.spec.env),
        "rebuild": model.metadata.annotations.get(names.REBUILD),
    }


def load_weights(model: Model, run_id: str, observed: Observed, settings: Settings) -> Outcome:
    """Return what has become of the weights; the result is the address of their directory.

    Args:
        model: the Model, with `spec.source.url`.
        run_id: the id of the run that loads what its spec asks for.
        observed: the call.
        settings: storage and claims.
    """
    url = model.status.url
    if url and Address(url).run == run_id:
        lost = storage_lost(url, observed)
        return blocked(Step.LOAD, lost) if lost else finished(Step.LOAD, url)
    owner = Owner.of(observed.parent)
    where = settings.storage.chosen
    path = f"{names.data_path(owner, run_id)}/model/saved"
    result = where.url(path, claim=names.training_claim(owner.name, run_id))
    retry = model.metadata.annotations.get(names.RETRY)
    run = Run(owner, Step.LOAD, run_id, result, retry, model.spec, versions(observed))
    if done := runs.complete(run, observed):
        return done
    size = sizing.weights(model.spec)
    claims = [make_weights_claim(owner, run_id, size, settings.claims)] if where.needs_claim else []
    return runs.advance(
        run,
        observed,
        _job(run, model, settings),
        [patched(claim, model.spec, settings) for claim in claims],
    )


def _job(run: Run, model: Model, settings: Settings) -> Manifest | Violation:
    spec, source = model.spec, model.spec.source
    assert source.url is not None  # noqa: S101 - the caller's: this Model is loaded
    refused = not_allowed(source.url, settings)
    if refused:
        return refused
    destination = settings.storage.mount(run.result, name="weights", at=SAVED, read_only=False)
    loading = Loading(
        url=source.url,
        files=source.files,
        filename=None,
        env=spec.env,
        destination=destination,
    )
    return patched(make_url_load_job(run, loading, settings), spec, settings)
