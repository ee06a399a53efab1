"""Names that the API server takes, as hypothesis makes them: short ones and those near a limit.

A text that is made legal costs a tenth of one that is made from a regular expression.
"""

from hypothesis import strategies as st

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-"


def _label(text: str) -> str:
    return text[:63].strip("-") or "0"


def _subdomain(text: str) -> str:
    return ".".join(_label(part) for part in text.split("."))[:253].rstrip("-.")


LABELS = (
    st.text(_ALPHABET, min_size=1, max_size=20) | st.text(_ALPHABET, min_size=35, max_size=63)
).map(_label)
SUBDOMAINS = (
    LABELS
    | st.text(f"{_ALPHABET}.", min_size=1, max_size=80).map(_subdomain)
    | st.text(f"{_ALPHABET}.", min_size=200, max_size=253).map(_subdomain)
)
