"""Names, labels and keys that Kubernetes does not take."""

import re

from substratus.wording.values import shown

_VALUE = re.compile(r"Invalid value: '(.*?)'(?: of (\S+?))?(?::|$)", re.DOTALL)
_NAME = (
    "small letters, digits, '-' and '.', of which the first and the last are letters or digits, "
    "253 at most"
)
_KEY = "an optional prefix such as example.com/, then letters, digits, '-', '_' and '.', 63 at most"
_LABEL = (
    "letters, digits, '-', '_' and '.', of which the first and the last are letters or digits, "
    "63 at most"
)


def metadata(path: str, said: str) -> str:
    """Return what to say of metadata that the offline API server refuses with a sentence."""
    quoted = _VALUE.search(said)
    if quoted is None:
        return said
    value, key = quoted[1], quoted[2]
    if path == "metadata.name":
        return f"{shown(value)} is not a name: {_NAME}{_instead(value)}"
    if path == "metadata.namespace":
        return f"{shown(value)} is not a namespace: small letters, digits and '-', 63 at most"
    if "qualified name" in said:
        return f"{shown(value)} is not a key: {_KEY}"
    return f"{shown(value)} is not a value of the label {key}: {_LABEL}" if key else said


def _instead(name: str) -> str:
    """Return the legal name that is meant, where that is plain."""
    small = re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.")
    return f"; {small} would do" if small and len(small) <= len(name) < len(_NAME) else ""
