"""What a killed training leaves to its successor."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
from optimiser import State
from storage import read_arrays, write_arrays


def write_checkpoint(path: Path, state: State, run: str) -> None:
    """Keep the state of the training that `run` names."""
    parts = {name: part for name, part in asdict(state).items() if name != "step"}
    arrays = {f"{name}/{key}": each for name, part in parts.items() for key, each in part.items()}
    write_arrays(path, {**arrays, "step": np.array(state.step), "run": np.array(run)})


def read_checkpoint(path: Path, run: str) -> State | None:
    """Return the state that was kept, or None where there is none or it is of another training."""
    if not path.exists():
        return None
    arrays = read_arrays(path)
    if str(arrays["run"]) != run:
        return None

    def part(name: str) -> dict[str, np.ndarray]:
        prefix = f"{name}/"
        return {
            key.removeprefix(prefix): each for key, each in arrays.items() if key.startswith(prefix)
        }

    return State(int(arrays["step"]), part("weights"), part("mean"), part("square"))
