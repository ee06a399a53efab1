"""Texts as batches: which are trained on, in which order, and which the Model is judged by."""

from collections.abc import Iterator

import numpy as np
from text import END, encoded
from transformer import CONTEXT

JUDGED = 20
"""One text in so many is kept from training, to judge the Model by."""

Piece = list[int]


def pieces(texts: list[str]) -> list[Piece]:
    """Return the texts between ends, cut into pieces that fit the context and a next character."""
    found = []
    for text in texts:
        tokens = [END, *encoded(text), END]
        starts = range(0, len(tokens) - 1, CONTEXT)
        found += [tokens[start : start + CONTEXT + 1] for start in starts]
    return found


def divided(texts: list[str]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces to train on, and those to judge by; the same where there are too few."""
    trained = [text for at, text in enumerate(texts) if at % JUDGED != JUDGED - 1]
    judged = texts[JUDGED - 1 :: JUDGED] or texts
    return pieces(trained), pieces(judged)


def schedule(found: list[Piece], size: int, epochs: int) -> Iterator[list[Piece]]:
    """Yield the batches of all epochs; each epoch has an order of its own, the same each time."""
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(found))
        yield from in_turn([found[each] for each in order], size)


def padded(batch: list[Piece]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the characters to read, those that come next, and 1 where there is one, else 0."""
    longest = max(len(each) for each in batch) - 1
    read, following, counted = np.zeros((3, len(batch), longest), np.int64)
    for row, piece in enumerate(batch):
        read[row, : len(piece) - 1] = piece[:-1]
        following[row, : len(piece) - 1] = piece[1:]
        counted[row, : len(piece) - 1] = 1
    return read, following, counted.astype(np.float32)


def in_turn(found: list[Piece], size: int) -> Iterator[list[Piece]]:
    """Yield all pieces in batches, as they are."""
    return (found[start : start + size] for start in range(0, len(found), size))
