"""A character-level transformer: its weights, and how likely it finds each next character."""

import autograd.numpy as anp
import numpy as np

CONTEXT = 64
"""Characters that it looks back on at most."""
WIDTH = 64
HEADS = 4
BLOCKS = 2
CHARACTERS = 96
"""The printable characters of ASCII, and the end of a text."""

Weights = dict[str, np.ndarray]


def initial_weights(seed: int = 0) -> Weights:
    """Return the weights of a model that knows nothing, the same for the same seed."""
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return random.normal(0, 1 / rows**0.5, (rows, columns)).astype(np.float32)

    weights = {
        "character": matrix(CHARACTERS, WIDTH),
        "position": matrix(CONTEXT, WIDTH),
        "last.scale": np.ones(WIDTH, np.float32),
    }
    for block in range(BLOCKS):
        weights |= {
            f"{block}.attention.scale": np.ones(WIDTH, np.float32),
            f"{block}.attention.in": matrix(WIDTH, 3 * WIDTH),
            f"{block}.attention.out": matrix(WIDTH, WIDTH),
            f"{block}.perceptron.scale": np.ones(WIDTH, np.float32),
            f"{block}.perceptron.in": matrix(WIDTH, 4 * WIDTH),
            f"{block}.perceptron.out": matrix(4 * WIDTH, WIDTH),
        }
    return weights


def log_likelihoods(weights: Weights, tokens: np.ndarray) -> np.ndarray:
    """Return the logarithm of each character's probability to be the next.

    Args:
        weights: the model.
        tokens: integers of the shape (texts, length); length is at most `CONTEXT`.

    Returns:
        Floats of the shape (texts, length, `CHARACTERS`).
    """
    hidden = weights["character"][tokens] + weights["position"][: tokens.shape[1]]
    for block in range(BLOCKS):
        hidden = hidden + _attention(weights, f"{block}.attention", hidden)
        hidden = hidden + _perceptron(weights, f"{block}.perceptron", hidden)
    scores = _normalised(hidden, weights["last.scale"]) @ weights["character"].T
    scores = scores - anp.max(scores, axis=-1, keepdims=True)
    return scores - anp.log(anp.sum(anp.exp(scores), axis=-1, keepdims=True))


def _attention(weights: Weights, name: str, hidden: np.ndarray) -> np.ndarray:
    """Each character gathers from itself and those before it what concerns it."""
    texts, length, _ = hidden.shape
    projected = _normalised(hidden, weights[f"{name}.scale"]) @ weights[f"{name}.in"]
    query, key, value = anp.transpose(
        anp.reshape(projected, (texts, length, 3, HEADS, WIDTH // HEADS)), (2, 0, 3, 1, 4)
    )
    later = anp.triu(anp.full((length, length), -1e9, np.float32), 1)
    scores = query @ anp.transpose(key, (0, 1, 3, 2)) / (WIDTH // HEADS) ** 0.5 + later
    share = anp.exp(scores - anp.max(scores, axis=-1, keepdims=True))
    share = share / anp.sum(share, axis=-1, keepdims=True)
    gathered = anp.reshape(anp.transpose(share @ value, (0, 2, 1, 3)), (texts, length, WIDTH))
    return gathered @ weights[f"{name}.out"]


def _perceptron(weights: Weights, name: str, hidden: np.ndarray) -> np.ndarray:
    inner = _normalised(hidden, weights[f"{name}.scale"]) @ weights[f"{name}.in"]
    return anp.maximum(inner, 0) @ weights[f"{name}.out"]


def _normalised(hidden: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return vectors of one length (RMSNorm, arXiv:1910.07467)."""
    return hidden * scale / anp.sqrt(anp.mean(hidden * hidden, axis=-1, keepdims=True) + 1e-5)
