"""Checks of one value, as the API server makes them: each returns a sentence, or "" if it is well.

A value that is not given, None, is well unless the check is `required`.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from metacontroller_offline.objects import Json, dumps

Check: TypeAlias = Callable[[Json], str]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_MOST_PORTS = 65535
_LARGEST_ID = 2147483647
_PORT_NAME_LIMIT = 15


def required(value: Json) -> str:
    """Refuse what is absent or empty."""
    return "Required value" if value in (None, "", [], {}) else ""


def _matching(pattern: str, limit: int, what: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Json) -> str:
        if value is None or (compiled.fullmatch(value) and len(value) <= limit):
            return ""
        return f"Invalid value: {dumps(value)}: {what}"

    return check


label = _matching(_LABEL, 63, "a lowercase RFC 1123 label: a-z, 0-9 and -, 63 at most")
service_name = _matching(r"[a-z]([-a-z0-9]*[a-z0-9])?", 63, "a DNS-1035 label")
subdomain = _matching(
    rf"{_LABEL}(\.{_LABEL})*", 253, "a lowercase RFC 1123 subdomain: a-z, 0-9, - and ."
)
host = _matching(rf"(\*\.)?{_LABEL}(\.{_LABEL})*", 253, "a lowercase RFC 1123 subdomain")
key = _matching(r"[-._a-zA-Z0-9]+", 253, "a valid config key: letters, digits, -, _ and .")
label_value = _matching(rf"({_QUALIFIED})?", 63, "a valid label: letters, digits, -, _ and .")
absolute = _matching(r"/.*", 4096, "must be an absolute path")
qualified = _matching(
    rf"({_LABEL}(\.{_LABEL})*/)?{_QUALIFIED}", 317, "name part must consist of letters, digits, -_."
)
address = _matching(r"None|[0-9a-fA-F.:]+", 45, "must be a valid IP address")
percent = _matching(r"[0-9]+%", 20, "a valid percent string must be a number and %")
group_version = _matching(r"[^/ ]+(/[^/ ]+)?", 253, "apiVersion must specify API group")


def resource_name(value: Json) -> str:
    """Refuse the name of a resource that is neither standard nor has a domain."""
    bare = value.removeprefix("requests.").removeprefix("limits.")
    known = bare in _RESOURCES or bare.startswith("hugepages-") or value.startswith("count/")
    if known or ("/" in value and not qualified(value)):
        return ""
    return f"Invalid value: {dumps(value)}: must be a standard resource type or fully qualified"


_RESOURCES = frozenset(
    [
        "cpu",
        "memory",
        "storage",
        "ephemeral-storage",
        "pods",
        "services",
        "services.nodeports",
        "services.loadbalancers",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
    ]
)


def label_map(value: Json) -> str:
    """Refuse a map whose values are no labels."""
    found = (label_value(each) or qualified(name) for name, each in (value or {}).items())
    return next(filter(None, found), "")


def one_of(*allowed: str) -> Check:
    """Return a check that refuses all but these values."""

    def check(value: Json) -> str:
        if value is None or value in allowed:
            return ""
        names = ", ".join(map(dumps, allowed))
        return f"Unsupported value: {dumps(value)}: supported values: {names}"

    return check


def each(check: Check) -> Check:
    """Return a check of every item of a list."""
    return lambda value: next(filter(None, map(check, value or [])), "")


def between(low: int, high: int) -> Check:
    """Return a check of a number."""

    def check(value: Json) -> str:
        if value is None or low <= value <= high:
            return ""
        return f"Invalid value: {value}: must be between {low} and {high}, inclusive"

    return check


port = between(1, _MOST_PORTS)
identity = between(0, _LARGEST_ID)


def at_least(low: int) -> Check:
    """Return a check of a number."""

    def check(value: Json) -> str:
        if value is None or value >= low:
            return ""
        return f"Invalid value: {value}: must be greater than or equal to {low}"

    return check


def number_or_percent(value: Json) -> str:
    """Refuse what is neither a count nor a percentage."""
    return percent(value) if isinstance(value, str) else at_least(0)(value)


def port_name(value: Json) -> str:
    """Refuse a name that is not one of a port."""
    legal = re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", value or "a") and "--" not in str(value)
    if value is None or (legal and re.search("[a-z]", value) and len(value) <= _PORT_NAME_LIMIT):
        return ""
    return f"Invalid value: {dumps(value)}: must contain a letter, only a-z, 0-9 and -, 15 at most"


def port_or_name(value: Json) -> str:
    """Refuse what is neither the number nor the name of a port."""
    return port_name(value) if isinstance(value, str) else port(value)


FieldChecks: TypeAlias = Mapping[str, tuple[Check, ...]]
"""What a field of a struct must be, by its name."""
