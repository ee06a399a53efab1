"""Explanations of all children of some objects."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from hooks.api import Dataset, Model, ModelSpec
from hooks.children import training
from hooks.manifest import MODEL
from hooks.observe.request import Observed
from hooks.platform import sizing
from hooks.platform.room import claim_size
from hooks.settings import Settings
from hooks.step import Step
from substratus.commands.explain import packaging
from substratus.commands.explain.decision import Decision, Explanation, decided
from substratus.commands.explain.hardware import does_not_fit, hardware
from substratus.commands.explain.identity import name, run
from substratus.objects import KINDS, key
from substratus.rendering import Child, Rendering

Manifest = dict[str, Any]

_SIZES = {
    Step.LOAD: "claims.weightsSize",
    Step.TRAIN: "claims.trainingSize",
    Step.NOTEBOOK: "claims.notebookSize",
}
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""No explanation depends on the time."""


def explain(rendering: Rendering, settings: Settings) -> list[Explanation]:
    """Return the decisions behind each step of each object, in the order of the rendering.

    Args:
        rendering: the children, and what the hooks were given when they made them.
        settings: those that they were made with.
    """
    found = [
        Explanation(parent, step, _named(given), tuple(_decisions(given, rendering, settings)))
        for (parent, step), children in groupby(
            rendering.children, key=lambda each: (each.parent, each.step)
        )
        for given in [[*children]]
    ]
    return [*found, *_without_children(rendering, settings)]


def _named(children: list[Child]) -> tuple[str, ...]:
    return tuple(each.name for each in children)


def _decisions(
    children: list[Child], rendering: Rendering, settings: Settings
) -> Iterator[Decision]:
    parent_key, step = children[0].parent, children[0].step
    request = rendering.requests[parent_key]
    observed = Observed(request["parent"], request["children"], request["related"], _EPOCH)
    parent = KINDS[parent_key[0]].model_validate(request["parent"])
    spec = _model_spec(parent, observed)
    for child in children:
        yield name(child)
        if child.manifest["kind"] == "Job":
            yield from run(child, parent, observed, settings)
        if step in sizing.TENTHS and child.manifest["kind"] in {"Job", "StatefulSet"} and spec:
            yield Decision("image", child.container.get("image"), _whose_image(child.step, parent))
            yield from hardware(child, spec, settings)
        elif step is Step.LOAD and child.manifest["kind"] == "Job":
            yield Decision("image", child.container.get("image"), _whose_image(step, parent))
        elif child.manifest["kind"] == "Job":
            yield from _of_builder(child, spec, settings)
        elif child.manifest["kind"] == "PersistentVolumeClaim":
            yield _size(child, spec, settings)
    if step is Step.TRAIN and isinstance(parent, Model):
        yield _parameters(parent)
        if packaged := packaging.of(parent, observed, settings):
            yield packaged


def _model_spec(parent: BaseModel, observed: Observed) -> ModelSpec | None:
    """Return the spec of the Model that a Pod of the parent runs; None for a Dataset."""
    if isinstance(parent, Model):
        return parent.spec
    wanted = getattr(getattr(parent, "spec", None), "model_name", None)
    found = observed.relation(MODEL, wanted) if wanted else None
    return Model.model_validate(found).spec if found else None


def _whose_image(step: Step, parent: BaseModel) -> str:
    """Return where the image comes from in which a step's script runs."""
    if isinstance(parent, Dataset):
        return _whose_loader(parent)
    if step is Step.LOAD:
        return "the loader of the settings (sources), as spec.source.url needs no other"
    if step is not Step.TRAIN:
        return "the Model's status.containerImage"
    training = parent.spec.training if isinstance(parent, Model) else None
    if training is None or training.source is None:
        return "the base Model's status.containerImage"
    return "spec.training.source.image" if training.source.image else "the trainer's own build"


def _whose_loader(dataset: Dataset) -> str:
    source = dataset.spec.source
    if source.url is not None:
        return "the loader of the settings (sources), as spec.source.url needs no other"
    return "spec.source.image" if source.image else "the Dataset's own build"


def _of_builder(child: Child, spec: ModelSpec | None, settings: Settings) -> Iterator[Decision]:
    builder = child.container
    chosen = settings.builder
    given = "builder.image" if chosen.image else "the version that this package has tried"
    yield Decision("image", builder["image"], f"builder.type is {chosen.type}, and {given}")
    size = sizing.weights(spec) if spec and child.step is not Step.TRAINER else 0
    wanted = sizing.builder_resources(size, settings.resources)["requests"]
    found = child.requests
    yield decided("cpu", wanted["cpu"], found.get("cpu"), "resources.builder.cpu of the settings")
    yield decided(
        "memory", wanted["memory"], found.get("memory"), "resources.builder.memory of the settings"
    )
    disk = "ephemeral-storage"
    weights = f"2 x {size / sizing.GIB:.2f} GiB of weights, rounded up, + " if size else ""
    because = f"{weights}resources.builder.disk of the settings"
    yield decided(disk, wanted[disk], found.get(disk), because)


def _size(child: Child, spec: ModelSpec | None, settings: Settings) -> Decision:
    asked = {
        Step.LOAD: settings.claims.weights_size if spec else settings.claims.dataset_size,
        Step.TRAIN: settings.claims.training_size,
        Step.NOTEBOOK: settings.claims.notebook_size,
    }[child.step]
    name = _SIZES[child.step] if spec else "claims.datasetSize"
    setting = f"{name} of the settings"
    storage = child.manifest["spec"]["resources"]["requests"]["storage"]
    weights = sizing.weights(spec) if spec else 0
    size = claim_size(asked, weights) if spec else asked
    because = setting if size == asked else f"{_room(weights)}, which is more than {setting}"
    return decided("size", size, storage, because)


def _room(weights: int) -> str:
    return f"2 x {weights / sizing.GIB:.2f} GiB of weights, rounded up, + 1 GiB"


def _parameters(model: Model) -> Decision:
    given = model.spec.training.params if model.spec.training else None
    complete = training.with_defaults(given).model_dump(by_alias=True, exclude_none=True)
    own = given.model_dump(by_alias=True, exclude_none=True) if given else {}
    defaults = [each for each in complete if each not in own]
    rest = f", and the defaults of {', '.join(defaults)}" if defaults else ""
    return Decision("parameters", complete, f"spec.training.params{rest}")


def _without_children(rendering: Rendering, settings: Settings) -> Iterator[Explanation]:
    """Yield why some objects have no Pod: nothing can hold their Model."""
    for found, condition in rendering.incomplete:
        request = rendering.requests.get(key(found))
        if request is None:
            continue
        observed = Observed(request["parent"], request["children"], request["related"], _EPOCH)
        parent = KINDS[found["kind"]].model_validate(request["parent"])
        spec = None if isinstance(parent, Dataset) else _model_spec(parent, observed)
        step = _sized_step(found["kind"])
        refused = does_not_fit(spec, step, settings.compute) if spec else None
        message = str(condition.get("message", "it never becomes ready"))
        decision = refused or Decision("Ready", condition.get("reason"), message)
        yield Explanation(key(found), step, (), (decision,))


def _sized_step(kind: str) -> Step:
    """Return the step of a kind whose Pod is sized by its Model; a Dataset's last one."""
    steps = Step.of_kind(kind)
    return next((each for each in steps if each in sizing.TENTHS), steps[-1])
