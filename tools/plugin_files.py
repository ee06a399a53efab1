"""What `kubectl open notebook` needs of the hooks: written into its package, which imports none.

Its reader of YAML is the reading half of `hooks/dialect.py`, so that a file means the same to it.
"""

import inspect
import json

from hooks import dialect
from hooks.reasons import DOCUMENTATION

_PACKAGE = "packages/kubectl-open-notebook/src/kubectl_open_notebook"
_WRITING = "\n\nclass Dumper("
"""Where the half begins that writes YAML, which the plugin does not."""


def plugin_files() -> dict[str, str]:
    """Return the generated files of the plugin's package, by path."""
    return {f"{_PACKAGE}/dialect.py": _dialect(), f"{_PACKAGE}/ways_out.json": _ways_out()}


def _dialect() -> str:
    reading, found, _ = inspect.getsource(dialect).partition(_WRITING)
    if not found:
        raise ValueError(f"hooks/dialect.py has no {_WRITING.strip()!r}; correct {__name__}.")
    return f"# Generated from hooks/dialect.py by `make generate`. Do not edit.\n{reading}"


def _ways_out() -> str:
    """Return what to do about each reason as a person reads it in a terminal."""
    ways = {str(reason): way.replace("`", "'") for reason, (_, way) in DOCUMENTATION.items()}
    return json.dumps(dict(sorted(ways.items())), indent=2) + "\n"
