"""Values and names in a sentence: cut where they are long, and a near name for a misspelt one."""

import difflib
import json
from collections.abc import Iterable, Sequence

_LONGEST = 60
_MANY = 12


def shown(value: object) -> str:
    """Return a value as JSON, without control characters, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text):,} characters)"


def cut(name: str) -> str:
    """Return a name, of a long one only the start."""
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"


def near(name: object, known: Iterable[str]) -> str:
    """Return ` (did you mean X?)` for the known name that is most like one; empty if none is."""
    lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(str(name).lower(), lower, n=1, cutoff=0.6)
    return f" (did you mean {lower[found[0]]}?)" if found else ""


def listed(names: Sequence[str]) -> str:
    """Return names after one another, of many only the first."""
    more = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {more} more" if more > 0 else "")
