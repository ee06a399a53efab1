"""Go through the large cases, each for SECONDS, and through hooks with faults; print tables."""

import os
import resource
import sys

from tests.explorer.cases import LARGE
from tests.explorer.faults import FAULTS, broken

SECONDS = float(os.environ.get("SECONDS", "600"))


def main() -> None:
    """Print both tables; exit with 1 if a promise is broken."""
    failed = False
    print(f"Each for at most {SECONDS:.0f} s.\n")
    print("| what | budget | states | steps | hook calls | seconds | left |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, case in LARGE.items():
        search = case.explorer()
        report = search.exhaust(seconds=SECONDS)
        cells = (report.states, report.steps, report.hook_calls, f"{report.seconds:.0f}")
        numbers = " | ".join(map(str, cells))
        lag = f", lag {case.lag}" if case.lag else ""
        print(f"| {name} | {search.budget}{lag} | {numbers} | {report.left} |", flush=True)
        if report.counterexample is not None:
            failed = True
            print(f"\n{report.counterexample}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"\nAt most {peak} MiB.\n\n| fault | states | seconds | found |\n| --- | --- | --- | --- |"
    )
    for name, fault in FAULTS.items():
        with broken(fault):
            report = fault.case.explorer().exhaust(seconds=SECONDS)
        found = report.counterexample and report.counterexample.invariant
        print(f"| {name} | {report.states} | {report.seconds:.0f} | {found or 'no'} |", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
