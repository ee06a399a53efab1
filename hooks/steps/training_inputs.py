"""What decides the result of a training run, and the first reason why that is not known."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hooks import names
from hooks.address import Address
from hooks.api import Model, ModelTrainingParams, deciding
from hooks.children import training
from hooks.children.saved_weights import SAVED, Weights
from hooks.conditions import Violation
from hooks.manifest import DATASET, MODEL
from hooks.names import Owner
from hooks.observe.request import Observed
from hooks.observe.versions import Versions, versions
from hooks.reasons import Reason
from hooks.settings import Settings
from hooks.steps import served_model, trainer, upstream


@dataclass(frozen=True)
class Wanted:
    """What the spec alone says of a training run.

    Attributes:
        base: the name of the base Model.
        dataset: the name of the Dataset.
        params: the parameters, complete.
        env: the variables that decide the result, by name.
        rebuild: the annotation that asks to compute again.
        trainer: the image that trains, or the run that builds it; None for the base Model's.
        command: what runs in it; None for the contract's script.
        args: its arguments.
    """

    base: str
    dataset: str
    params: ModelTrainingParams
    env: dict[str, str | None] | None
    rebuild: str | None
    trainer: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None


@dataclass(frozen=True)
class Inputs:
    """All that decides a training run's result: what is wanted, and of what.

    Attributes:
        owner: the Model.
        wanted: what the spec says.
        base_image: the base Model's image.
        weights: what of the base Model is on storage, and of what that was made of.
        base_is_loaded: whether the base Model comes from a URL, so that no image can hold it.
        base_mounted_by: what else mounts its weights, as `Kind/name`.
        dataset: the Dataset's file.
        seen: the versions of the Model, its base and the Dataset.
    """

    owner: Owner
    wanted: Wanted
    base_image: str
    dataset: Address
    seen: Versions
    weights: tuple[Weights, ...] = ()
    base_is_loaded: bool = False
    base_mounted_by: tuple[str, ...] = ()

    @cached_property
    def run(self) -> str:
        """The id of the training run."""
        return names.run_id(self.owner, self.deciding())

    @property
    def own_weights(self) -> Address | None:
        """Where the base Model's weights are, if they are apart from its image."""
        return next((each.address for each in self.weights if each.at == SAVED), None)

    def deciding(self) -> dict[str, Any]:
        """Return what decides the result. Where the registry and the storage are does not."""
        base = Owner(self.owner.kind, self.owner.namespace, self.wanted.base)
        return {
            "baseModel": [
                self.wanted.base,
                names.own_run(self.base_image, base) or self.base_image,
            ],
            "weights": self.own_weights and self.own_weights.run,
            "dataset": [self.wanted.dataset, self.dataset.run, self.dataset.filename],
            "params": self.wanted.params.model_dump(by_alias=True, exclude_none=True),
            "env": self.wanted.env,
            "rebuild": self.wanted.rebuild,
            "trainer": self.wanted.trainer,
            "command": self.wanted.command,
            "args": self.wanted.args,
        }

    def provenance(self, trainer: dict[str, Any]) -> dict[str, Any]:
        """Return what `status.provenance` says of the result.

        Args:
            trainer: its part of the image that trained.
        """
        return {
            "baseModel": {
                "name": self.wanted.base,
                "image": self.base_image,
                **({"url": self.own_weights.url} if self.own_weights else {}),
            },
            "dataset": {"name": self.wanted.dataset, "url": self.dataset.url},
            "params": self.wanted.params.model_dump(by_alias=True, exclude_none=True),
            **({"env": _listed(self.wanted.env)} if self.wanted.env else {}),
            **{
                name: value
                for name in ("rebuild", "command", "args")
                if (value := getattr(self.wanted, name)) is not None
            },
            **trainer,
            "hash": self.run,
        }


def _listed(env: dict[str, str | None]) -> list[dict[str, str]]:
    return [
        {"name": name, **({"value": value} if value is not None else {})}
        for name, value in sorted(env.items())
    ]


def wanted(model: Model) -> Wanted:
    """Return what a Model's spec says of its training, with the contract's defaults."""
    base, given = model.spec.source.model_name, model.spec.training
    assert base is not None  # noqa: S101 - the API's rule: training needs a base Model
    assert given is not None  # noqa: S101 - the caller's: this Model trains
    return Wanted(
        base=base,
        dataset=given.dataset_name,
        params=training.with_defaults(given.params),
        env=deciding(model.spec.env),
        rebuild=model.metadata.annotations.get(names.REBUILD),
        trainer=trainer.run_id(model) if trainer.git_of(model) else _given_image(model),
        command=given.command,
        args=given.args,
    )


def _given_image(model: Model) -> str | None:
    training = model.spec.training
    return training.source.image if training and training.source else None


def inputs(model: Model, observed: Observed, settings: Settings) -> Inputs | Violation:
    """Return what the run is made of, or why it is not known yet."""
    asked = wanted(model)
    base = observed.relation(MODEL, asked.base)
    dataset = observed.relation(DATASET, asked.dataset)
    violation = (
        upstream.missing(base, MODEL, asked.base, Reason.SOURCE_MODEL_NOT_FOUND)
        or upstream.missing(dataset, DATASET, asked.dataset, Reason.DATASET_NOT_FOUND)
        or upstream.not_ready(base, Reason.SOURCE_MODEL_NOT_READY)
        or upstream.without_image(base, Reason.SOURCE_MODEL_NOT_READY)
        or upstream.without_weights(base, settings.storage, Reason.SOURCE_MODEL_NOT_READY)
        or upstream.without_code(base, asked.trainer, Reason.INVALID_CONFIGURATION)
        or upstream.not_ready(dataset, Reason.DATASET_NOT_READY)
        or upstream.without_data(dataset, settings.storage, Reason.DATASET_NOT_READY)
    )
    if violation:
        return violation
    return Inputs(
        Owner.of(observed.parent),
        asked,
        upstream.image(base),
        Address(upstream.url(dataset)),
        versions(observed, base, dataset),
        served_model.on_storage(Model.model_validate(base)),
        base_is_loaded=upstream.is_loaded(base),
        base_mounted_by=tuple(Model.model_validate(base).status.mounted_by or ()),
    )


def is_complete(model: Model, run: str) -> bool:
    """Return whether the status has the whole result of a run, in an image or on storage."""
    status = model.status
    on_storage = status.url is not None and Address(status.url).run == run
    return on_storage or names.image_run(status.container_image) == run


def is_result_of(model: Model, asked: Wanted) -> bool:
    """Return whether the result in the status is what the spec asks for, by its provenance.

    For when the base Model or the Dataset is gone: what was made of them remains.
    """
    made = model.status.provenance
    if made is None or made.base_model is None or made.dataset is None or made.params is None:
        return False
    env = {each.name: each.value for each in made.env} if made.env else None
    made_as = Wanted(
        base=made.base_model.name,
        dataset=made.dataset.name,
        params=made.params,
        env=env,
        rebuild=made.rebuild,
        trainer=names.image_run(made.trainer) if made.trainer_git else made.trainer,
        command=made.command,
        args=made.args,
    )
    return made_as == asked and is_complete(model, made.hash)
