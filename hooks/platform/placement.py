"""Onto which nodes a Pod may go: the selector, affinity and tolerations for its accelerators."""

from collections.abc import Iterable, Mapping, Sequence

from hooks.manifest import Manifest
from hooks.platform.accelerators import Accelerator

Labels = Mapping[str, tuple[str, ...]]


def placement(accelerators: Sequence[Accelerator], count: int) -> Manifest:
    """Return the fields of a Pod's spec that lead it to one of these accelerators.

    Args:
        accelerators: the best first; the others differ from it in one label, see `same_but_one`.
        count: how many of it the Pod has.
    """
    every = [each.labels(count) for each in accelerators]
    allowed = {key: _united(each[key] for each in every) for key in every[0]}
    selector = {key: values[0] for key, values in allowed.items() if len(values) == 1}
    affinity = {key: values for key, values in allowed.items() if len(values) > 1}
    tolerations = _tolerations(accelerators)
    return {
        **({"nodeSelector": selector} if selector else {}),
        **({"affinity": {"nodeAffinity": _affinity(affinity, every)}} if affinity else {}),
        **({"tolerations": tolerations} if tolerations else {}),
    }


def same_but_one(best: Labels, other: Labels) -> str | None:
    """Return the one label by which the nodes of two accelerators differ; None if it is not one."""
    if best.keys() != other.keys():
        return None
    differing = [key for key in best if best[key] != other[key]]
    return differing[0] if len(differing) == 1 else None


def _affinity(affinity: Labels, every: Sequence[Labels]) -> Manifest:
    required = [_in(key, values) for key, values in affinity.items()]
    preferred = [
        {
            "weight": 100 * (len(every) - rank) // len(every),
            "preference": {"matchExpressions": [_in(key, each[key])]},
        }
        for rank, each in enumerate(every[:-1])
        for key in affinity
        if each[key] != every[-1][key]
    ]
    return {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchExpressions": required}]
        },
        **({"preferredDuringSchedulingIgnoredDuringExecution": preferred} if preferred else {}),
    }


def _in(key: str, values: Sequence[str]) -> Manifest:
    return {"key": key, "operator": "In", "values": list(values)}


def _tolerations(accelerators: Sequence[Accelerator]) -> list[Manifest]:
    """Return each toleration once, that of the resource itself first."""
    every = [each for one in accelerators for each in (one.taint(), *one.tolerations)]
    return [each.model_dump(by_alias=True, exclude_none=True) for each in dict.fromkeys(every)]


def _united(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for group in values for each in group))
