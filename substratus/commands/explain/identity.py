"""Why a child has its name, a run its hash, and a result its place."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from hooks import names
from hooks.api import Dataset, Model
from hooks.observe.request import Observed
from hooks.settings import Settings
from hooks.step import Step
from hooks.steps import build, load, load_weights, trainer, training_inputs
from substratus.commands.explain.decision import Decision, decided
from substratus.rendering import Child

_LIMITS = {Step.SERVE: names.STATEFULSET_LIMIT, Step.NOTEBOOK: names.STATEFULSET_LIMIT}


def name(child: Child) -> Decision:
    """Return why a child has its name."""
    parent, found = child.parent[2], child.manifest["metadata"]["name"]
    limit = _LIMITS.get(child.step, names.LABEL_VALUE_LIMIT)
    suffix = suffix_of(child)
    why_not = names.misfit(parent, limit - len(suffix) - 1)
    what = f"name of the {child.manifest['kind']}"
    if why_not is None:
        because = f"the parent's name, and -{suffix}"
    else:
        because = f"the parent's name cut, with a hash of the whole as {why_not}; and -{suffix}"
    return decided(what, names.child(parent, suffix, limit=limit), found, because)


def suffix_of(child: Child) -> str:
    """Return what a child's name has after its parent's."""
    parent, found = child.parent[2], str(child.manifest["metadata"]["name"])
    cut = f"{names.short(names.digest(parent))}-"
    return found.partition(cut)[2] if cut in found else found.removeprefix(f"{parent}-")


def run(
    child: Child, parent: BaseModel, observed: Observed, settings: Settings
) -> Iterator[Decision]:
    """Yield why a Job computes the run that it does, and where its result goes."""
    metadata = child.manifest["metadata"]
    inputs = _inputs(child.step, parent, observed, settings)
    if inputs is None:
        return
    kind, *owner = child.parent
    wanted = names.run_id(names.Owner(kind, owner[0], owner[1]), inputs)
    given = {key: value for key, value in inputs.items() if value is not None}
    text = json.dumps(given, sort_keys=True, ensure_ascii=False)
    yield decided(
        "run",
        wanted,
        metadata["labels"][names.RUN],
        f"the hash of {kind} {owner[0]}/{owner[1]} and {text}",
    )
    result = metadata["annotations"][names.RESULT]
    rule = (
        f"storage.type is {settings.storage.type}; then namespace, name and run"
        if "://" in result
        else "registry.url, then kind, namespace and name, and the run for a tag"
    )
    yield Decision("result", result, rule)


def _inputs(
    step: Step, parent: BaseModel, observed: Observed, settings: Settings
) -> Mapping[str, Any] | None:
    if isinstance(parent, Dataset):
        built = build.inputs(parent)
        return built if step is Step.BUILD else load.inputs(parent)
    if not isinstance(parent, Model):
        return None
    if step is Step.LOAD:
        return load_weights.inputs(parent)
    if parent.spec.training is None:
        return build.inputs(parent)
    if step is Step.TRAINER:
        return trainer.inputs(parent)
    found = training_inputs.inputs(parent, observed, settings)
    return found.deciding() if isinstance(found, training_inputs.Inputs) else None
