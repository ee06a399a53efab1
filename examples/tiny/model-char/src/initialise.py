"""Writes the base Model, which knows nothing yet, when its image is built."""

from storage import SAVED, write_arrays
from transformer import initial_weights

if __name__ == "__main__":
    SAVED.parent.mkdir(parents=True, exist_ok=True)
    write_arrays(SAVED, initial_weights())
