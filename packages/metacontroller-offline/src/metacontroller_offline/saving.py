"""Going back to an earlier moment: what a part of the cluster remembers, saved and put back."""

from copy import copy
from typing import Any, ClassVar, TypeAlias

Saved: TypeAlias = tuple[Any, ...]
"""What one part remembered at one moment; it does not change."""


class Saving:
    """A part of the cluster that remembers something.

    Attributes:
        remembered: the names of the attributes that hold it: values that are never changed, or
            dictionaries, lists and sets of such, or of records of such.
    """

    remembered: ClassVar[tuple[str, ...]] = ()

    def save(self) -> Saved:
        """Return what it remembers."""
        return tuple(_copied(getattr(self, name)) for name in self.remembered)

    def load(self, saved: Saved) -> None:
        """Remember what was saved, and nothing else."""
        for name, value in zip(self.remembered, saved, strict=True):
            setattr(self, name, _copied(value))


def _copied(value: Any) -> Any:  # noqa: ANN401 - whatever a part remembers
    if isinstance(value, dict):
        return {key: copy(each) for key, each in value.items()}
    return copy(value)
