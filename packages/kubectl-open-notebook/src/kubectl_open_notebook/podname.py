"""The name of a Notebook's Pod, as the hooks name its StatefulSet."""

import hashlib
import re

_LIMIT = 52
"""Characters of a StatefulSet's name: with a revision's hash it becomes a label of its Pods."""
_SUFFIX = "-notebook"
_HASH = 10
_DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_HASHED = re.compile(r".*-[0-9a-f]{10}")


def pod_name(notebook: str) -> str:
    """Return the name of the one Pod of a Notebook.

    The Notebook's name is used as it is where it fits a child's; else it is cut and has a hash.
    """
    room = _LIMIT - len(_SUFFIX)
    if len(notebook) > room or not _DNS_LABEL.fullmatch(notebook) or _HASHED.fullmatch(notebook):
        notebook = _cut(notebook, room)
    return f"{notebook}{_SUFFIX}-0"


def _cut(notebook: str, room: int) -> str:
    prefix = re.sub(r"[^a-z0-9]+", "-", notebook.lower()).strip("-")
    prefix = prefix if prefix[:1].isalpha() else f"x-{prefix}"
    mark = hashlib.sha256(f'"{notebook}"'.encode()).hexdigest()[:_HASH]
    return f"{prefix[: room - _HASH - 1].rstrip('-')}-{mark}"
