"""What goes over at once: enough to be quick, and little enough to be remembered often."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from kubectl_open_notebook.mirror.plan import Copy

FILES = 500
"""Files of a batch; what is done is remembered after each."""
BYTES = 64 << 20
"""Bytes of a batch; a larger file is one of its own."""

Item = TypeVar("Item")


def parts(items: list[Item], size: int) -> Iterator[list[Item]]:
    """Yield a list in parts of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def batches(copies: Iterable[Copy]) -> list[list[Copy]]:
    """Return copies in batches, small files first: a large one that fails keeps none back."""
    found: list[list[Copy]] = []
    size = 0
    for each in sorted(copies, key=lambda copy: (copy.version.size, copy.path)):
        if not found or len(found[-1]) >= FILES or size + each.version.size > BYTES:
            found.append([])
            size = 0
        found[-1].append(each)
        size += each.version.size
    return found
