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
_MOST_VALUES = 500_000
"""Far more than an API server stores in one object, or a person has in one file."""
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
        yaml.YAMLError: it is not YAML, or there are several.
    """
    documents = with_nodes(text)
    if len(documents) > 1:
        raise yaml.MarkedYAMLError(
            problem="there are several documents, and one is expected",
            problem_mark=documents[1][1].start_mark,
        )
    return documents[0][0] if documents else None


def load_all(text: str) -> list[Any]:
    """Return what each document of a text holds.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return [value for value, _ in with_nodes(text)]


def with_nodes(text: str) -> list[tuple[Any, yaml.Node]]:
    """Return what each document of a text holds, with its node, which knows the lines.

    Raises:
        yaml.YAMLError: it is not YAML, or its aliases stand for too many values.
    """
    documents = []
    with _errors_of_yaml():
        loader = Loader(text)
        try:
            while loader.check_node():
                node = loader.get_node()
                _expanded_size(node, {}, set())
                documents.append((loader.construct_document(node), node))
        finally:
            loader.dispose()
    return documents


def _expanded_size(node: yaml.Node, known: dict[int, int], above: set[int]) -> int:
    """Return of how many values a node is made once each alias is replaced by what it names.

    A few lines of aliases of aliases can be more than a machine holds.

    Raises:
        yaml.YAMLError: there are more than `_MOST_VALUES`, or a value contains itself.
    """
    if isinstance(node, yaml.ScalarNode):
        return 1
    mark = node.start_mark
    if id(node) in above:
        raise yaml.MarkedYAMLError(problem="a value contains itself", problem_mark=mark)
    if id(node) not in known:
        pairs = isinstance(node, yaml.MappingNode)
        below = [each for pair in node.value for each in pair] if pairs else node.value
        inside = {*above, id(node)}
        size = 1 + sum(_expanded_size(each, known, inside) for each in below)
        if size > _MOST_VALUES:
            problem = f"it holds more than {_MOST_VALUES:,} values once its aliases are replaced"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        known[id(node)] = size
    return known[id(node)]


@contextmanager
def _errors_of_yaml() -> Iterator[None]:
    """PyYAML lets out what a value's own constructor says, and gives up on deep nesting."""
    try:
        yield
    except RecursionError as error:
        raise yaml.YAMLError("it is nested too deeply") from error
    except ValueError as error:
        raise yaml.YAMLError(str(error)) from error


class Dumper(yaml.SafeDumper):
    """Writes YAML in which each text is quoted that `kubectl` or PyYAML would not take for one."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's way
        first: [
            *_Dialect.yaml_implicit_resolvers.get(first, []),
            *yaml.SafeDumper.yaml_implicit_resolvers.get(first, []),
        ]
        for first in {*_Dialect.yaml_implicit_resolvers, *yaml.SafeDumper.yaml_implicit_resolvers}
    }


_UNSEEN = re.compile("[\x85\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def as_yaml(value: object) -> str:
    """Return a value as YAML, in its own order."""
    text = _dump(value, readable=True)
    # PyYAML writes these as they are: line breaks, which it reads as another, and what is not seen.
    return _dump(value, readable=False) if _UNSEEN.search(text) else text


def _dump(value: object, *, readable: bool) -> str:
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, width=120, allow_unicode=readable)
