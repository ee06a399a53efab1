"""A Model: built from git, or a base Model trained on a Dataset."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from hooks import names
from hooks.api import GitSource, Model, explain
from hooks.platform import sizing
from hooks.settings import Settings
from hooks.sync import asked, claims, git_build, trained_model
from hooks.sync.answer import answer, invalid, named, own_claims, own_jobs, own_pods
from hooks.sync.desired import Desired, Rule
from hooks.sync.observed import STATEFUL_SET, Manifest, Objects, Observed, is_deleting
from hooks.sync.runs import Outcome

KIND = "Model"


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
        trains = isinstance(parent.get("spec"), dict) and "training" in parent["spec"]
        types = ("Trained", "Built") if trains else ("Built",)
        return invalid(observed, explain(error), types=types)
    if model.spec.training is not None:
        return trained_model.sync(model, observed, settings=settings, servers=_servers(observed))
    git = model.spec.source.git
    assert git is not None  # noqa: S101 - the API's rule: git or a base Model with training
    built = git_build.build(
        model.metadata,
        git,
        observed,
        image=model.status.container_image,
        weights=sizing.weights(model.spec),
        asked=asked.of(model.spec, settings),
        settings=settings,
    )
    return answer(
        observed,
        steps=[built.condition],
        fields={**_fields(model, git, built), "servers": _servers(observed)},
        children=[*built.children, *claims.every_kept(observed)],
        settings=settings,
    )


def customize(parent: Manifest) -> list[Rule]:
    """Return what a Model must see beside its children.

    That is what it is made of, the StatefulSets that serve it, its Pods, and who holds its names.
    """
    name = parent["metadata"]["name"]
    base, dataset = _upstream(parent.get("spec") or {})
    return [
        own_pods(parent),
        own_jobs(parent),
        *([named(parent, "batch/v1", "jobs", *jobs)] if (jobs := _jobs(parent)) else []),
        own_claims(parent),
        named(parent, "v1", "configmaps", names.builder_files(name, KIND)),
        Rule(
            "apps/v1",
            "statefulsets",
            parent["metadata"]["namespace"],
            match_labels=((names.SERVED_MODEL, names.label_value(name)),),
        ),
        *([named(parent, "substratus.ai/v1", "models", base)] if base else []),
        *([named(parent, "substratus.ai/v1", "datasets", dataset)] if dataset else []),
    ]


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
    metadata = {key: parent["metadata"][key] for key in ("name", "namespace")}
    try:
        model = Model.model_validate({"metadata": metadata, "spec": parent.get("spec")})
    except ValidationError:
        return []
    git = model.spec.source.git
    if git is None:
        return []
    run = git_build.run_of(model.metadata, KIND, git)
    return [names.job(metadata["name"], KIND, git_build.STEP, run=run)]


def _fields(model: Model, git: GitSource, built: Outcome) -> dict[str, Any]:
    """Return the status's fields: of the image that is complete, which may be an older one."""
    if built.result is None:
        return trained_model.previous_fields(model)
    provenance = {**git_build.inputs(model.metadata, git), "hash": names.image_run(built.result)}
    return {
        "containerImage": built.result,
        "provenance": {key: value for key, value in provenance.items() if value is not None},
    }


def _servers(observed: Observed) -> list[str]:
    """Return the ModelServers that run the Model now: those with a Pod that is ready."""
    return sorted(
        {
            reference["name"]
            for stateful_set in observed.relations(STATEFUL_SET)
            if (stateful_set.get("status") or {}).get("readyReplicas")
            and not is_deleting(stateful_set)
            for reference in stateful_set["metadata"].get("ownerReferences") or []
            if reference.get("controller") and reference.get("kind") == "ModelServer"
        }
    )
