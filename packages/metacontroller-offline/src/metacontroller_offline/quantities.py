"""Resource quantities: what they amount to, and how the API server writes them."""

import re
from decimal import Decimal
from fractions import Fraction

from metacontroller_offline.objects import Json

_QUANTITY = re.compile(
    r"([+-]?[0-9]+(?:\.[0-9]*)?|[+-]?\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]+)?"
)
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_KIBI = 1024


def parse_quantity(value: Json) -> Fraction | None:
    """Return what a quantity amounts to; None if it is not one."""
    parts = _split(value)
    if parts is None:
        return None
    number, suffix = parts
    amount = Fraction(Decimal(number))
    if suffix in _BINARY:
        return amount * Fraction(1 << _BINARY[suffix])
    exponent = _DECIMAL.get(suffix, int(suffix[1:] or 0) if suffix else 0)
    scale: Fraction = Fraction(10) ** exponent
    return amount * scale


def canonical_quantity(value: Json) -> str | None:
    """Return a quantity as the API server writes it; None if it is not one.

    The format is kept (binary, decimal), the suffix is the largest that leaves no fraction:
    `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`; a number becomes a string.
    """
    amount, parts = parse_quantity(value), _split(value)
    if amount is None or parts is None:
        return None
    suffix = parts[1]
    if suffix in _BINARY and abs(amount) >= _KIBI:
        return _binary(amount)
    if suffix[:1] in {"e", "E"} and suffix != "E":
        return str(value)
    return _decimal(amount)


def _split(value: Json) -> tuple[str, str] | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    return (match[1], match[2] or "") if match else None


def _binary(amount: Fraction) -> str:
    for suffix, power in sorted(_BINARY.items(), key=lambda item: -item[1]):
        scaled = amount / 2**power
        if scaled.denominator == 1:
            return f"{scaled}{suffix}"
    return _decimal(amount)


def _decimal(amount: Fraction) -> str:
    if amount == 0:
        return "0"
    for suffix, power in sorted(_DECIMAL.items(), key=lambda item: -item[1]):
        scaled = amount / Fraction(10) ** power
        if scaled.denominator == 1:
            return f"{scaled}{suffix}"
    return f"{-(-amount * 10**9 // 1)}n"
