"""A Model: built from git, or a base Model trained on a Dataset."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from hooks import names
from hooks.api import Model, explain
from hooks.manifest import STATEFUL_SET, Manifest, Objects
from hooks.names import Owner
from hooks.observe import claims
from hooks.observe.jobs import still_running
from hooks.observe.made import made
from hooks.observe.related import Rule, named, own_claims, own_jobs, own_pods, users
from hooks.observe.request import Observed, is_deleting, labels
from hooks.observe.versions import versions
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import build, load_weights, trainer
from hooks.steps.outcome import Outcome
from hooks.sync import loaded_model, trained_model
from hooks.sync.answer import Desired, answer, invalid


def sync(
    parent: Manifest, children: Objects, related: Objects, *, settings: Settings, now: datetime
) -> Desired:
    """Return a Model's status and children.

    Args:
        parent: the Model.
        children: its Jobs, claims and ConfigMap, as they are.
        related: what `customize` asks for.
        settings: what differs between clusters.
        now: the time, for the conditions and for how long finished Jobs stay.
    """
    observed = Observed(parent, children, related, now)
    try:
        model = Model.model_validate(parent)
    except ValidationError as error:
        return invalid(observed, explain(error), types=_conditions(parent.get("spec")))
    servers = _servers(observed)
    if model.spec.source.url is not None:
        return loaded_model.sync(model, observed, servers=servers, settings=settings)
    if model.spec.training is not None:
        return trained_model.sync(model, observed, settings=settings, servers=servers)
    image = model.status.container_image
    built = build.build(model, observed, image=image, settings=settings)
    return answer(
        observed,
        steps=[built],
        fields={**_fields(model, built, observed), "servers": servers},
        remaining=[
            *still_running(observed, (), versions(observed)),
            *claims.every_kept(observed),
        ],
        settings=settings,
    )


def _conditions(spec: object) -> list[str]:
    """Return the types of the conditions of a Model, even if its spec breaks a rule."""
    given = spec if isinstance(spec, dict) else {}
    source = given.get("source")
    if "training" in given:
        steps = [Step.TRAIN, Step.PACKAGE]
    elif isinstance(source, dict) and "url" in source:
        steps = [Step.LOAD, Step.BUILD]
    else:
        steps = [Step.BUILD]
    return [step.condition for step in steps]


def customize(parent: Manifest) -> list[Rule]:
    """Return what a Model must see beside its children.

    That is what it is made of, the StatefulSets that serve it, its Pods, and who holds its names.
    """
    owner = Owner.of(parent)
    base, dataset = _upstream(parent.get("spec") or {})
    served = ((names.served_label(owner.name), "true"),)
    return [
        own_pods(parent),
        own_jobs(parent),
        *([named(parent, "batch/v1", "jobs", *jobs)] if (jobs := _jobs(parent)) else []),
        own_claims(parent),
        named(parent, "v1", "configmaps", names.builder_files(owner)),
        Rule("apps/v1", "statefulsets", owner.namespace, match_labels=served),
        *(users(parent) if dataset or _is_loaded(parent) else []),
        *([named(parent, "substratus.ai/v1", "models", base)] if base else []),
        *([named(parent, "substratus.ai/v1", "datasets", dataset)] if dataset else []),
    ]


def _is_loaded(parent: Manifest) -> bool:
    """Return whether a Model is loaded from an address, even if its spec breaks a rule."""
    source = (parent.get("spec") or {}).get("source")
    return isinstance(source, dict) and bool(source.get("url"))


def _upstream(spec: Manifest) -> tuple[str | None, str | None]:
    """Return the base Model and the Dataset that a spec names, even if it breaks a rule."""
    source, training = spec.get("source"), spec.get("training")
    base = source.get("modelName") if isinstance(source, dict) else None
    dataset = training.get("datasetName") if isinstance(training, dict) else None
    return _name(base), _name(dataset)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _jobs(parent: Manifest) -> list[str]:
    """Return the Jobs that the spec alone names: a customize hook may look at nothing else."""
    owner = Owner.of(parent)
    metadata = {"name": owner.name, "namespace": owner.namespace}
    try:
        model = Model.model_validate({"metadata": metadata, "spec": parent.get("spec")})
    except ValidationError:
        return []
    if trainer.git_of(model):
        return [names.job(owner, Step.TRAINER, run=trainer.run_id(model))]
    if model.spec.source.url is not None:
        run = names.run_id(owner, load_weights.inputs(model))
        return [names.job(owner, Step.LOAD, run=run)]
    if model.spec.source.git is None:
        return []
    run = names.run_id(owner, build.inputs(model))
    return [names.job(owner, Step.BUILD, run=run)]


def _fields(model: Model, built: Outcome, observed: Observed) -> dict[str, Any]:
    """Return the status's fields: of the image that is complete, which may be an older one."""
    if built.result is None:
        return trained_model.previous_fields(model)
    owner = Owner("Model", model.metadata.namespace, model.metadata.name)
    run = names.own_run(built.result, owner) or names.run_id(owner, build.inputs(model))
    provenance = {**build.inputs(model), "hash": run}
    commit = made(run, Step.BUILD, observed).commit or _known_commit(model, run)
    if provenance["git"] and commit:
        provenance["git"] = {**provenance["git"], "commit": commit}
    return {
        "containerImage": built.result,
        "provenance": {key: value for key, value in provenance.items() if value is not None},
    }


def _known_commit(model: Model, run: str) -> str | None:
    """Return the commit that the status has of a run: its build's Pod may be gone."""
    known = model.status.provenance
    return known.git.commit if known and known.git and known.hash == run else None


def _servers(observed: Observed) -> list[str]:
    """Return the ModelServers that run the Model now: those with a Pod that is ready."""
    served = names.served_label(observed.parent["metadata"]["name"])
    return sorted(
        {
            reference["name"]
            for stateful_set in observed.relations(STATEFUL_SET)
            if served in labels(stateful_set)
            and (stateful_set.get("status") or {}).get("readyReplicas")
            and not is_deleting(stateful_set)
            for reference in stateful_set["metadata"].get("ownerReferences") or []
            if reference.get("controller") and reference.get("kind") == "ModelServer"
        }
    )
