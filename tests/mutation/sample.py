"""Tries a seeded sample of the mutants that mutmut makes of some packages, and lists what lives.

    pip install mutmut==3.8.1
    python tests/mutation/sample.py 100 patches platform

A mutant lives if no test fails with it. What is computed when a module is imported is computed
before mutmut switches a mutant on: one of that kind that lives is to be tried by hand.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTMUT = Path(sys.executable).parent / "mutmut"
SEED = 14


def mutants(packages: list[str]) -> list[str]:
    """Return the names of all mutants of these packages of `hooks`, sorted."""
    found: list[str] = []
    for path in (ROOT / "mutants" / "hooks").rglob("*.meta"):
        found += json.loads(path.read_text())["exit_code_by_key"]
    prefixes = tuple(f"hooks.{package}." for package in packages)
    return sorted(name for name in found if name.startswith(prefixes))


def main() -> None:
    """Make the mutants, run the sample, and print what lives."""
    count, *packages = sys.argv[1:]
    if not mutants(packages):
        subprocess.run([MUTMUT, "run", "none"], cwd=ROOT, check=False)
    every = mutants(packages)
    chosen = random.Random(SEED).sample(every, min(int(count), len(every)))  # noqa: S311 - no secret
    sample = sorted(chosen)
    subprocess.run([MUTMUT, "run", *sample], cwd=ROOT, check=True)
    shown = subprocess.run(
        [MUTMUT, "results"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    verdicts = (line.strip().partition(": ") for line in shown.stdout.splitlines())
    lives = {name: verdict for name, _, verdict in verdicts if name in sample}
    print(f"{len(every)} mutants, {len(sample)} in the sample, {len(lives)} live:")
    for name, verdict in lives.items():
        print(f"  {name}: {verdict}")


if __name__ == "__main__":
    main()
