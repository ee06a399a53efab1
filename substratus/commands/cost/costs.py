"""`substratus cost`: what each Pod costs per hour, and on which accelerators it would fit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hooks.api import Dataset, Model, ModelSpec
from hooks.platform import sizing
from hooks.platform.sizing import Candidate, Fit
from hooks.settings import Settings
from hooks.step import Step
from substratus.objects import KINDS, Key, key
from substratus.rendering import Child

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Option:
    """An accelerator that a Pod could have: how many, and what that costs for an hour.

    `count` is None where no node has so many; `price` where the settings have none.
    """

    accelerator: str
    count: int | None
    needed: int
    most: int
    price: float | None


@dataclass(frozen=True)
class Cost:
    """What the Pods of one step cost.

    Attributes:
        parent: whose Pods they are.
        step: which step.
        lasts: whether they run until somebody ends them; a Job ends by itself.
        pods: how many there are.
        accelerator: what they have been given; None for none.
        count: how many of it each has.
        price: what they cost for an hour, in the currency of the settings; None if not known.
        options: each accelerator of the settings that the Model may take.
    """

    parent: Key
    step: Step
    lasts: bool
    pods: int
    accelerator: str | None
    count: int
    price: float | None
    options: tuple[Option, ...]


def costs(children: Iterable[Child], objects: Iterable[Manifest], settings: Settings) -> list[Cost]:
    """Return what the Pods of the children cost, for those that run a Model.

    Builds, loads and packaging run without an accelerator, and only accelerators have a price.
    """
    models = {key(each): Model.model_validate(each) for each in objects if each["kind"] == "Model"}
    parents = {key(each): KINDS[each["kind"]].model_validate(each) for each in objects}
    return [*_costs(children, models, parents, settings)]


def _costs(
    children: Iterable[Child], models: dict[Key, Model], parents: dict[Key, Any], settings: Settings
) -> Iterator[Cost]:
    for child in children:
        if child.step not in sizing.TENTHS or child.manifest["kind"] not in {"Job", "StatefulSet"}:
            continue
        spec = _spec(child, models, parents)
        fit = sizing.fit(spec, child.step, settings.compute) if spec else None
        if spec and isinstance(fit, Fit):
            considered = sizing.candidates(spec, child.step, settings.compute)
            yield _cost(child, fit, considered)


def _spec(child: Child, models: dict[Key, Model], parents: dict[Key, Any]) -> ModelSpec | None:
    parent = parents[child.parent]
    if isinstance(parent, Dataset):
        return None
    if isinstance(parent, Model):
        return parent.spec
    found = models.get(("Model", child.parent[1], parent.spec.model_name))
    return found.spec if found else None


def _cost(child: Child, fit: Fit, considered: list[Candidate]) -> Cost:
    is_job = child.manifest["kind"] == "Job"
    pods = 1 if is_job else int(child.manifest["spec"].get("replicas", 1))
    name = fit.accelerator.name if fit.accelerator else None
    count = _count(child, fit)
    known = fit.accelerator is not None and fit.accelerator.price is not None
    price = pods * count * (fit.accelerator.price or 0) if fit.accelerator and known else None
    options = tuple(_option(one) for one in considered)
    return Cost(child.parent, child.step, not is_job, pods, name, count, price, options)


def _count(child: Child, fit: Fit) -> int:
    """Return how many accelerators the Pod has, as it is: a patch may have changed it."""
    if fit.accelerator is None:
        return 0
    return int(child.requests.get(fit.accelerator.resource_name, 0))


def _option(one: Candidate) -> Option:
    count = one.fit.gpus if one.fit else None
    return Option(one.accelerator.name, count, one.needed, one.most, one.price)


def total(found: Iterable[Cost], *, lasts: bool) -> float:
    """Return what all that lasts, or all that ends by itself, costs for an hour, where known."""
    return sum(each.price or 0 for each in found if each.lasts is lasts)
