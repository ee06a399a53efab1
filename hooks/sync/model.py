"""A Model: built from git, or a base Model trained on a Dataset."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from hooks import names
from hooks.api import GitSource, Model, explain
from hooks.children.build_job import git_builder, make_build_job
from hooks.children.builder_configmap import make_builder_configmap
from hooks.platform import sizing
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.sync import claims, trained_model
from hooks.sync.answer import answer, invalid, named, own_claims, own_jobs, own_pods
from hooks.sync.desired import Desired, Rule
from hooks.sync.observed import STATEFUL_SET, Manifest, Objects, Observed, is_deleting
from hooks.sync.runs import Outcome, Run, Words, advance, finished

KIND = "Model"
BUILT = Words(
    "Built", Reason.BUILDING, Reason.BUILD_FAILED, Reason.BUILT_AND_PUSHED, "The image's build"
)


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
    built = _build(model, git, observed, settings)
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
    spec = parent.get("spec") or {}
    base = (spec.get("source") or {}).get("modelName")
    dataset = (spec.get("training") or {}).get("datasetName")
    return [
        own_pods(parent),
        own_jobs(parent),
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


def _build(model: Model, git: GitSource, observed: Observed, settings: Settings) -> Outcome:
    owner = names.owner(model.metadata)
    run = names.run_hash(KIND, owner, _inputs(model, git))
    if names.image_run(model.status.container_image) == run:
        return finished(BUILT, str(model.status.container_image))
    image = names.image(settings.registry.url, KIND, owner, run)
    build = Run(
        owner, KIND, "build", run, image, model.metadata.annotations.get(names.RETRY), BUILT
    )
    builder = git_builder(git, image=image, settings=settings)
    files = names.builder_files(owner[1], KIND)
    labels = names.labels(KIND, owner[1], "build")
    metadata = {"name": files, "namespace": owner[0], "labels": labels}
    return advance(
        build,
        observed,
        make=lambda: make_build_job(
            build.metadata(),
            git,
            builder,
            files=files,
            weights=sizing.weights(model.spec),
            settings=settings,
        ),
        beside=[make_builder_configmap(metadata, builder.files)] if builder.files else [],
    )


def _fields(model: Model, git: GitSource, built: Outcome) -> dict[str, Any]:
    """Return the status's fields: of the image that is complete, which may be an older one."""
    if built.result is None:
        return trained_model.previous_fields(model)
    provenance = {**_inputs(model, git), "hash": names.image_run(built.result)}
    return {
        "containerImage": built.result,
        "provenance": {key: value for key, value in provenance.items() if value is not None},
    }


def _inputs(model: Model, git: GitSource) -> dict[str, Any]:
    """Return what decides the result of a build from git."""
    source = git.model_dump(by_alias=True, exclude_none=True)
    return {"git": source, "rebuild": model.metadata.annotations.get(names.REBUILD)}


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
