"""Reading an object of a built-in kind into Kubernetes' types, and writing it out again.

This is what an API server does with every object before anything else: unknown fields are dropped,
values of a wrong type are refused, null and empty values are left out, quantities are written in
one way.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping

from metacontroller_offline.builtin import Field, struct
from metacontroller_offline.errors import BadRequestError
from metacontroller_offline.objects import Json, Manifest, as_stored
from metacontroller_offline.quantities import canonical_quantity

_GO_TYPES = {"integer": "int32", "boolean": "bool", "number": "float64", "bytes": "[]uint8"}


class _Reader:
    """Reads one object; `unknown` are the paths of the fields that it dropped."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.unknown: list[str] = []

    def struct(self, value: Json, name: str, path: str) -> Manifest:
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self._refused(value, path, name)
        fields, stored = struct(name), {}
        for key, each in value.items():
            field = fields.get(key)
            here = f"{path}.{key}" if path else str(key)
            if field is None:
                self.unknown.append(here)
            elif (read := self._field(each, field, here)) is not None:
                stored[key] = read
        for key, field in fields.items():
            if key not in stored and (field.always or _is_struct(field)) and key in _kept(name):
                stored[key] = self._field(None, field, f"{path}.{key}")
        return stored

    def _field(self, value: Json, field: Field, path: str) -> Json:
        """Return a field as stored; None if it is left out."""
        if value is None and (field.keeps_zero or field.shape):
            return None
        if field.shape == "list":
            return self._list(value, field, path)
        if field.shape == "map":
            return self._map(value, field, path)
        read = self._single(value, field.of, path)
        empty = read is None or read is False or read in ("", 0)
        if empty and not field.keeps_zero and not field.always and "." not in field.of:
            return None
        return read

    def _list(self, value: Json, field: Field, path: str) -> Json:
        if not isinstance(value, list):
            raise self._refused(value, path, f"[]{field.of}")
        if not value:
            # One that is never left out is stored as null: storage knows no empty list.
            return None
        return [
            self._single(each, field.of, f"{path}[{index}]") for index, each in enumerate(value)
        ]

    def _map(self, value: Json, field: Field, path: str) -> Json:
        if not isinstance(value, dict):
            raise self._refused(value, path, f"map[string]{field.of}")
        if not value and not field.always:
            return None
        of = field.of
        if of.startswith("["):
            inner = Field("list", of[1:-1], keeps_zero=False, always=True, merge_key="",
                          retain_keys=False)  # fmt: skip
            return {key: self._list(each, inner, f"{path}.{key}") for key, each in value.items()}
        return {key: self._single(each, of, f"{path}.{key}") for key, each in value.items()}

    def _single(self, value: Json, of: str, path: str) -> Json:
        if "." in of:
            return self.struct(value, of, path)
        read = _SCALARS.get(of, as_stored)(value)
        if read is _WRONG:
            raise self._refused(value, path, _GO_TYPES.get(of, of))
        return read

    def _refused(self, value: Json, path: str, wanted: str) -> BadRequestError:
        found = {dict: "object", list: "array", str: "string", bool: "bool"}
        what = found.get(type(value), "number")
        return BadRequestError(
            f"{self._kind} cannot be handled as a {self._kind}: json: cannot unmarshal {what} into "
            f"Go struct field {self._kind}.{path} of type {wanted}"
        )


_WRONG = object()


def _string(value: Json) -> Json:
    return "" if value is None else value if isinstance(value, str) else _WRONG


def _integer(value: Json) -> Json:
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else _WRONG


def _number(value: Json) -> Json:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return 0 if value is None else as_stored(value) if is_number else _WRONG


def _boolean(value: Json) -> Json:
    return False if value is None else value if isinstance(value, bool) else _WRONG


def _quantity(value: Json) -> Json:
    canonical = "0" if value is None else canonical_quantity(value)
    return _WRONG if canonical is None else canonical


def _int_or_string(value: Json) -> Json:
    return value if isinstance(value, str) else _integer(value)


def _bytes(value: Json) -> Json:
    if value is None:
        return ""
    if not isinstance(value, str):
        return _WRONG
    try:
        b64decode(value, validate=True)
    except binascii.Error:
        return _WRONG
    return value


def _time(value: Json) -> Json:
    return value if value is None or isinstance(value, str) else _WRONG


_SCALARS: Mapping[str, Callable[[Json], Json]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "quantity": _quantity,
    "intOrString": _int_or_string,
    "bytes": _bytes,
    "time": _time,
}


def _is_struct(field: Field) -> bool:
    return not field.shape and "." in field.of and not field.keeps_zero


def _kept(name: str) -> frozenset[str]:
    """Return the fields that are stored even if nobody gives them."""
    return _KEPT.setdefault(
        name,
        frozenset(key for key, field in struct(name).items() if field.always or _is_struct(field)),
    )


_KEPT: dict[str, frozenset[str]] = {}


def read(manifest: Manifest, name: str) -> tuple[Manifest, list[str]]:
    """Return an object as the API server stores it, and the fields that it dropped.

    Args:
        manifest: the object; its metadata is left as it is.
        name: its struct, as in `builtin.struct`.

    Raises:
        BadRequestError: a value is of a wrong type.
    """
    reader = _Reader(manifest["kind"])
    content = {key: each for key, each in manifest.items() if key != "metadata"}
    stored = reader.struct(content, name, "")
    return {**stored, "metadata": manifest["metadata"]}, reader.unknown
