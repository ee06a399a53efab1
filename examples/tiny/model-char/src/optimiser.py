"""Adam (arXiv:1412.6980), with what it must keep between two steps in the open."""

from dataclasses import dataclass

import numpy as np
from transformer import Weights

LEARNING_RATE = 3e-3
WARM_UP = 50
"""Steps in which the learning rate rises to its full height; after that it falls in a line."""
LONGEST = 1.0
"""Gradients longer than this are shortened to it."""


@dataclass(frozen=True)
class State:
    """A Model in training: after `step` steps, its weights and what Adam knows of gradients."""

    step: int
    weights: Weights
    mean: Weights
    square: Weights

    @classmethod
    def at_first(cls, weights: Weights) -> "State":
        """Return the state before the first step."""
        zeros = {name: np.zeros_like(each) for name, each in weights.items()}
        return cls(0, weights, zeros, zeros)


def stepped(state: State, gradient: Weights, *, steps: int) -> State:
    """Return the state after one more of `steps` steps."""
    step = state.step + 1
    length = sum(float(np.sum(each * each)) for each in gradient.values()) ** 0.5
    shortened = min(1.0, LONGEST / (length + 1e-9))
    rate = LEARNING_RATE * min(step / WARM_UP, 1.0, (steps + 1 - step) / steps)
    mean = {
        name: 0.9 * each + 0.1 * shortened * gradient[name] for name, each in state.mean.items()
    }
    square = {
        name: 0.99 * each + 0.01 * (shortened * gradient[name]) ** 2
        for name, each in state.square.items()
    }
    weights = {
        name: each
        - (rate / (1 - 0.9**step)) * mean[name] / (np.sqrt(square[name] / (1 - 0.99**step)) + 1e-8)
        for name, each in state.weights.items()
    }
    return State(step, weights, mean, square)
