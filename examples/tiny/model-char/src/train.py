"""Trains the Model of `/model/saved` into `/model/trained`, with its measurements in `/model/logs`.

A training that is killed continues from its last checkpoint, and ends in the same weights as one
that was not.
"""

import hashlib
import json
import os
import signal
import sys
from itertools import islice

import autograd.numpy as anp
import metrics
import numpy as np
from autograd import value_and_grad
from batches import Piece, divided, in_turn, padded, schedule
from checkpoint import read_checkpoint, write_checkpoint
from optimiser import State, stepped
from parameters import Parameters, WrongParameterError
from storage import CHECKPOINT, METRICS, SAVED, TRAINED, read_arrays, write_arrays
from text import UnreadableDataError, read_texts
from transformer import Weights, log_likelihoods

REPORT = 50
"""Steps from one checkpoint, and line of measurements, to the next."""
JUDGED_TOGETHER = 64


def loss(weights: Weights, batch: list[Piece]) -> float:
    """Return how unlikely the Model finds a batch: nats for each character."""
    read, following, counted = padded(batch)
    found = log_likelihoods(weights, read)
    rows, columns = np.indices(read.shape)
    return -anp.sum(found[rows, columns, following] * counted) / anp.sum(counted)


def judged(weights: Weights, found: list[Piece]) -> float:
    """Return the loss on pieces that were not trained on."""
    batches = list(in_turn(found, JUDGED_TOGETHER))
    characters = [sum(len(piece) - 1 for piece in each) for each in batches]
    losses = [float(loss(weights, each)) for each in batches]
    return float(np.average(losses, weights=characters))


def run_of(parameters: Parameters, texts: list[str], base: Weights) -> str:
    """Return a name for all that decides the result."""
    given = json.dumps([parameters.epochs, parameters.batch_size, texts])
    found = hashlib.sha256(given.encode())
    for name, each in sorted(base.items()):
        found.update(name.encode() + each.tobytes())
    return found.hexdigest()


def is_trained(run: str) -> bool:
    """Return whether this very training was completed before."""
    return TRAINED.exists() and not CHECKPOINT.exists() and str(read_arrays(TRAINED)["run"]) == run


def train(parameters: Parameters) -> None:
    """Train, from the last checkpoint if there is one."""
    texts = read_texts(parameters.data, parameters.limit)
    base = read_arrays(SAVED)
    base.pop("run", None)
    run = run_of(parameters, texts, base)
    if is_trained(run):
        print("This training is complete already.", flush=True)
        return
    learnt, kept = divided(texts)
    steps = parameters.epochs * -(-len(learnt) // parameters.batch_size)
    state = read_checkpoint(CHECKPOINT, run)
    if state is None:
        state = State.at_first(base)
        metrics.keep_until(METRICS, -1)
        metrics.add(METRICS, step=0, steps=steps, evaluation_loss=judged(base, kept))
    metrics.keep_until(METRICS, state.step)
    batches = islice(schedule(learnt, parameters.batch_size, parameters.epochs), state.step, None)
    losses = []
    for batch in batches:
        measured, gradient = value_and_grad(loss)(state.weights, batch)
        state = stepped(state, gradient, steps=steps)
        losses.append(float(measured))
        if state.step % REPORT == 0:
            metrics.add(METRICS, step=state.step, loss=sum(losses) / len(losses))
            losses = []
            write_checkpoint(CHECKPOINT, state, run)
    metrics.add(METRICS, step=steps, evaluation_loss=judged(state.weights, kept))
    write_arrays(TRAINED, {**state.weights, "run": np.array(run)})
    CHECKPOINT.unlink(missing_ok=True)


def main() -> None:
    """Train as the environment says; a mistake in it or in the data is a sentence."""
    # The first process of a container gets no signal that it has not asked for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        train(Parameters.of(os.environ))
    except (WrongParameterError, UnreadableDataError, FileNotFoundError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
