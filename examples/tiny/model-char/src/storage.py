"""Arrays in a file that is either whole or not there."""

import os
from pathlib import Path

import numpy as np

MODEL = Path(__file__).resolve().parents[1]
"""`/model`, as this file lies in `/model/src`."""
SAVED = MODEL / "saved" / "weights.npz"
"""The Model, as the image holds it."""
TRAINED = MODEL / "trained" / "weights.npz"
CHECKPOINT = MODEL / "trained" / "checkpoint.npz"
METRICS = MODEL / "logs" / "metrics.jsonl"


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return what `write_arrays` wrote."""
    with np.load(path, allow_pickle=False) as found:
        return dict(found)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write under another name first: a reader, or a successor, never sees half a file."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
