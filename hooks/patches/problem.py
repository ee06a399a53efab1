"""What is wrong with a child that was patched."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where.

    Attributes:
        place: the value that is wrong, as a JSON pointer into the child.
        message: what is wrong with it, as the rest of a sentence.
    """

    place: str
    message: str
