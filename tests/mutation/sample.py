"""Tries a seeded sample of the mutants that mutmut makes of some packages, and lists what lives.

    pip install mutmut==3.8.1
    python tests/mutation/sample.py 200 steps observe sync

A mutant lives if no test that covers its function fails with it. What `same_program.yaml` lists
lives as well, each with a line that says why it is the same program.
What is computed when a module is imported is computed before a mutant is switched on: one of that
kind that lives is to be tried by hand. Code that only runs in processes of gunicorn has no test
here; tests/server starts those.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MUTANTS = ROOT / "mutants"
RESULTS = ROOT / "build" / "mutation.jsonl"
SEED = 14


def made() -> list[str]:
    """Return the names of all mutants that mutmut has made, sorted."""
    found: list[str] = []
    for path in (MUTANTS / "hooks").rglob("*.meta"):
        found += json.loads(path.read_text())["exit_code_by_key"]
    return sorted(found)


def make() -> None:
    """Let mutmut make the mutants, and find out which tests cover which function."""
    # It does both before it looks for the mutants that it is to try, and finds none of this name.
    mutmut = Path(sys.executable).parent / "mutmut"
    subprocess.run([mutmut, "run", "--max-children", "1", "none"], cwd=ROOT, check=False)


def chosen(count: int, packages: list[str]) -> Iterator[str]:
    """Yield so many mutants of each package."""
    every = made()
    for package in packages:
        names = [each for each in every if each.startswith(f"hooks.{package}.")]
        yield from sorted(random.Random(SEED).sample(names, min(count, len(names))))  # noqa: S311


def run(names: list[str]) -> None:
    """Try mutants; `trying.py` does so, in one run of pytest."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    (MUTANTS / "to-try.json").write_text(json.dumps(names))
    given = ["--to-try", "to-try.json", "--results", str(RESULTS), "--rootdir", "."]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "trying", *given],
        cwd=MUTANTS,
        env={**os.environ, "PYTHONPATH": str(HERE), "PY_IGNORE_IMPORTMISMATCH": "1"},
        check=True,
    )


def main() -> None:
    """Make the mutants, run the sample, and print what lives."""
    count, *packages = sys.argv[1:]
    if not made():
        make()
    run(list(chosen(int(count), packages)))
    same = yaml.safe_load((HERE / "same_program.yaml").read_text())
    results = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    for package in packages:
        of_it = [each for each in results if each["mutant"].startswith(f"hooks.{package}.")]
        lives = [each["mutant"] for each in of_it if each["verdict"] != "killed"]
        known = [each for each in lives if each in same]
        print(
            f"{package}: {len(of_it)} in the sample, {len(lives)} live, {len(known)} are the same"
        )
        for each in of_it:
            if each["verdict"] != "killed" and each["mutant"] not in same:
                print(f"  {each['mutant']}: {each['verdict']}")


if __name__ == "__main__":
    main()
