"""How long `substratus --help` takes beside `python -c pass`, in the same run."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

PYTHON = sys.executable
COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "python -c 'import click'": [PYTHON, "-c", "import click"],
    "substratus --help": [str(Path(PYTHON).parent / "substratus"), "--help"],
}
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 30


def main() -> None:
    """Print a table of medians; the commands take turns, so that a busy machine is fair to all."""
    took: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            took[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(each) for name, each in took.items()}
    bare = medians["python -c pass"]
    print("| command | ms | ratio |")
    print("| --- | --- | --- |")
    for name, seconds in medians.items():
        print(f"| {name} | {seconds * 1000:.0f} | {seconds / bare:.1f} x |")


if __name__ == "__main__":
    main()
