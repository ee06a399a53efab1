"""How much room results need: the sizes of claims, and of disks that results are staged on.

A result is about as large as the weights, and while it is written there may be a checkpoint beside
it: twice the weights, and 1 Gi for logs and what else a script writes.
"""

import math
from fractions import Fraction

GIB = 2**30
_BESIDE_GIB = 1
_UNITS = ("Gi", "Ti", "Pi", "Ei")
_FACTORS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}


def result_gib(weights: int) -> int:
    """Return the GiB that a result of a Model with weights of so many bytes needs; 0 without."""
    return -(-2 * weights // GIB) + _BESIDE_GIB if weights else 0


def claim_size(asked: str, weights: int) -> str:
    """Return the size of a claim for a result: what the settings ask for, or more if it needs more.

    Args:
        asked: a quantity such as `100Gi`.
        weights: bytes of the Model's weights; 0 where they are not known.
    """
    needed = result_gib(weights)
    return asked if _bytes(asked) >= needed * GIB else quantity(needed)


def and_more(asked: str, more: int | Fraction) -> str:
    """Return a quantity and so many bytes more, in whole GiB; as it is where there are none."""
    return quantity(math.ceil((_bytes(asked) + more) / Fraction(GIB))) if more else asked


def quantity(gib: int) -> str:
    """Return GiB as the API server writes them: in the largest unit that is whole."""
    at = 0
    while gib % 1024 == 0 and gib and at < len(_UNITS) - 1:
        gib, at = gib // 1024, at + 1
    return f"{gib}{_UNITS[at]}"


def _bytes(asked: str) -> int:
    number = asked.rstrip("KMGTPi")
    return int(number) * _FACTORS[asked[len(number) :]]
