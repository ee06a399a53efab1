"""The measurements of a training, a JSON object on each line."""

import json
from pathlib import Path
from typing import Any


def keep_until(path: Path, step: int) -> None:
    """Drop what was measured after `step`, which will be measured again, and a line cut short."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [each for each in lines if _is_until(each, step)]
    part = path.with_name(f"{path.name}.part")
    part.write_text("".join(f"{each}\n" for each in kept), encoding="utf-8")
    part.replace(path)


def add(path: Path, **measured: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Add a line to the file, and print it."""
    line = json.dumps(measured)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    print(line, flush=True)


def _is_until(line: str, step: int) -> bool:
    try:
        return int(json.loads(line)["step"]) <= step
    except (ValueError, TypeError, KeyError):
        return False
