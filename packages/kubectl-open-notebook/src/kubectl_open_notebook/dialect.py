# Generated from hooks/dialect.py by `make generate`. Do not edit.
"""YAML as `kubectl` reads it, so that a text means the same to both.

`kubectl` reads YAML 1.1 with Go's yaml.v2, and PyYAML differs from it: it takes dates and sixtieths
for values, and `12e34` for a text. A run's hash can look like that, so it matters when children
are printed, too.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"

_TRUE, _FALSE = {"y", "yes", "on", "true"}, {"n", "no", "off", "false"}
_WORDS = "|".join(f"{word}|{word.title()}|{word.upper()}" for word in sorted(_TRUE | _FALSE))
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_RESOLVED = (
    (_BOOL, rf"(?:{_WORDS})$", "yYnNtTfFoO"),
    (_INT, r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$", "-+0123456789"),
    (_FLOAT, r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    (_FLOAT, r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+."),
    (_NULL, r"(?:~|null|Null|NULL|)$", ("~", "n", "N", "")),
    (_MERGE, r"<<$", "<"),
)


class _Dialect:
    """The type of a plain word."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's way


for _tag, _pattern, _first in _RESOLVED:
    for _character in _first:
        _Dialect.yaml_implicit_resolvers.setdefault(_character, []).append(
            (_tag, re.compile(_pattern))
        )


# libyaml's parser, where PyYAML has it: ten times as fast, and kubectl's is a port of it.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(_Dialect, _Base):  # type: ignore[misc]  # it is one of two
    """Reads YAML into what JSON has, and refuses a key that occurs twice, as `kubectl` does."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as its base has it
        """Return a map with strings for keys."""
        keys = [each.value for each, _ in node.value if each.tag != _MERGE]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice[0]!r} occurs twice", node.start_mark
            )
        self.flatten_mapping(node)
        return {
            _key(self.construct_object(key, deep=deep)): self.construct_object(value, deep=deep)
            for key, value in node.value
        }


def _key(key: object) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def _bool(loader: Loader, node: yaml.ScalarNode) -> bool:
    del loader
    return str(node.value).lower() in _TRUE


def _int(loader: Loader, node: yaml.ScalarNode) -> int:
    del loader
    text = str(node.value).replace("_", "")
    return int(text, 8 if _OCTAL.fullmatch(text) else 0)


Loader.add_constructor(_BOOL, _bool)
Loader.add_constructor(_INT, _int)


def load(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return what the one document of a text holds.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    with _errors_of_yaml():
        return yaml.load(text, Loader=Loader)  # noqa: S506 - a safe one


def load_all(text: str) -> list[Any]:
    """Return what each document of a text holds.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    with _errors_of_yaml():
        return list(yaml.load_all(text, Loader=Loader))


@contextmanager
def _errors_of_yaml() -> Iterator[None]:
    """PyYAML lets out what a value's own constructor says, and gives up on deep nesting."""
    try:
        yield
    except (RecursionError, ValueError) as error:
        raise yaml.YAMLError(str(error)) from error
