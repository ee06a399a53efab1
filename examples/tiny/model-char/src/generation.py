"""What the Model writes after a prompt."""

import numpy as np
from text import END, decoded, encoded
from transformer import CONTEXT, Weights, log_likelihoods


def continued(weights: Weights, prompt: str, most: int) -> str:
    """Return a prompt and at most `most` characters more, each the likeliest, until the end."""
    tokens = [END, *encoded(prompt)]
    start = len(tokens)
    while len(tokens) < start + most:
        found = log_likelihoods(weights, np.array([tokens[-CONTEXT:]]))
        following = int(np.argmax(found[0, -1]))
        if following == END:
            break
        tokens.append(following)
    return prompt + decoded(tokens[start:])
