"""What a person can do about a reason that a Notebook's conditions have."""

import json
from functools import cache
from importlib import resources


@cache
def ways_out() -> dict[str, str]:
    """Return a sentence for each reason; `make generate` writes them from the hooks' own."""
    text = resources.files(__package__).joinpath("ways_out.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found
