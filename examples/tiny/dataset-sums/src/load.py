"""Writes a JSONL file of sums in words, the same bytes each time.

It reads `LOAD_DATA_PATH`, the file to write, and leaves a line in `/dataset/logs/`.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

DATASET = Path(__file__).resolve().parents[1]
"""`/dataset`, as this file lies in `/dataset/src`."""

LARGEST = 49
ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
""".split()  # noqa: SIM905 - words read better than a list of them
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905


def in_words(number: int) -> str:
    """Return a number from 0 to 99 in words."""
    if number < len(ONES):
        return ONES[number]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]}-{ONES[ones]}" if ones else TENS[tens]


def sentences() -> Iterator[str]:
    """Yield each sum of two numbers from 0 to `LARGEST`, and the difference that undoes it."""
    for first in range(LARGEST + 1):
        for second in range(LARGEST + 1):
            total = first + second
            yield f"{in_words(first)} plus {in_words(second)} is {in_words(total)}."
            yield f"{in_words(total)} minus {in_words(second)} is {in_words(first)}."


def lines() -> list[str]:
    """Return the file's lines, mixed, so that the first few are an even choice of all."""
    mixed = sorted(sentences(), key=lambda each: hashlib.sha256(each.encode()).digest())
    return [json.dumps({"text": each}) + "\n" for each in mixed]


def write(path: Path, content: list[str]) -> None:
    """Write a file that is either whole or not there, whenever the loader is killed.

    It is written under another name, and gets its own when all of it is on the disk.
    """
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.writelines(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def main() -> None:
    """Load the Dataset."""
    named = os.environ.get("LOAD_DATA_PATH")
    if not named:
        sys.exit("LOAD_DATA_PATH is not set. It names the file to write.")
    path = Path(named)
    content = lines()
    write(path, content)
    report = {"file": path.name, "lines": len(content), "bytes": path.stat().st_size}
    (DATASET / "logs").mkdir(exist_ok=True)
    (DATASET / "logs" / "load.jsonl").write_text(json.dumps(report) + "\n", encoding="utf-8")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
