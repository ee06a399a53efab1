"""The objects that files, directories and standard input hold, and where in them a field is."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from hooks.conditions import printable
from hooks.dialect import with_nodes

Manifest = dict[str, Any]

_SUFFIXES = {".yaml", ".yml", ".json"}
_INDEX = re.compile(r"\[?(\d+)\]?(?=[.\[]|$)")
_SHOWN = 5


@dataclass(frozen=True)
class Document:
    """An object, the file that has it, and its place there.

    Attributes:
        source: the file's name, or `-` for standard input.
        manifest: the object.
        node: the object as YAML's parser has it; None where it was read from no file.
    """

    source: str
    manifest: Manifest
    node: yaml.Node | None = None

    def place(self, field: str = "") -> str:
        """Return the file, and the line of a field, or of the last part of its path that exists."""
        return self.source if self.node is None else f"{self.source}:{_line(self.node, field)}"


def _line(node: yaml.Node, path: str) -> int:
    """Return the line of the field at a path such as `spec.env[0].name` or `spec.env.0.name`."""
    line = node.start_mark.line
    while path := path.lstrip("."):
        if isinstance(node, yaml.SequenceNode):
            index = _INDEX.match(path)
            if index is None or int(index[1]) >= len(node.value):
                break
            node, path = node.value[int(index[1])], path[index.end() :]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if _begins(path, str(pair[0].value))]
            if not found:
                break
            # A key may have dots itself, as those of labels do.
            name, node = max(found, key=lambda pair: len(pair[0].value))
            line, path = name.start_mark.line, path[len(name.value) :]
        else:
            break
    return int(line) + 1


def _begins(path: str, key: str) -> bool:
    return path == key or path.startswith((f"{key}.", f"{key}["))


def read_documents(names: Iterable[str], *, recursive: bool = False) -> Iterator[Document]:
    """Yield every object that files, directories and `-` hold.

    The items of a list, such as `kubectl get -o yaml` prints, count as objects. What a directory
    has beside is named on standard error.

    Args:
        names: files, directories, and `-` for standard input.
        recursive: whether the directories below a directory are read too.

    Raises:
        click.ClickException: a file cannot be read, or holds something that is not an object.
    """
    for name in names:
        path = Path(name)
        if name != "-" and path.is_dir():
            yield from _of_directory(path, recursive=recursive)
        else:
            yield from parse(read_text(name), source=name)


def _of_directory(directory: Path, *, recursive: bool) -> Iterator[Document]:
    inside = sorted(directory.rglob("*") if recursive else directory.iterdir())
    files = [each for each in inside if each.is_file() and each.suffix in _SUFFIXES]
    found = [each for file in files for each in parse(read_text(str(file)), source=str(file))]
    objects = [each for each in found if each.manifest.keys() & {"apiVersion", "kind"}]
    below = [f"{each}/" for each in inside if each.is_dir()] if not recursive else []
    plain = [each.place() for each in found if each not in objects]
    if below:
        click.echo(
            printable(f"Not read: {_listed(below)}. -R reads what is below a directory."), err=True
        )
    if plain:
        click.echo(printable(f"Not read: {_listed(plain)}: no apiVersion and no kind."), err=True)
    yield from objects


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def parse(text: str, *, source: str) -> list[Document]:
    """Return the objects of a YAML text.

    Raises:
        click.ClickException: it is not YAML, or holds something that is not an object.
    """
    try:
        pairs = [(value, node) for value, node in with_nodes(text) if value is not None]
    except yaml.YAMLError as error:
        raise click.ClickException(_not_yaml(source, error)) from error
    documents = [each for value, node in pairs for each in _expanded(source, value, node)]
    for each in documents:
        if not isinstance(each.manifest, dict):
            raise click.ClickException(
                f"{each.place()}: this is not an object, but {_sort(each.manifest)}. An object "
                "is a map with apiVersion, kind, metadata and spec."
            )
    return documents


def read_text(name: str) -> str:
    """Return what a file, or standard input for `-`, holds.

    Raises:
        click.ClickException: it cannot be read.
    """
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{name} cannot be read: {_why(error)}.") from error


def _expanded(source: str, value: Any, node: yaml.Node) -> Iterator[Document]:  # noqa: ANN401 - any JSON
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, list) or not str(value.get("kind", "")).endswith("List"):
        yield Document(source, value, node)
        return
    (nodes,) = (below for name, below in node.value if name.value == "items")
    for item, below in zip(items, nodes.value, strict=True):
        yield Document(source, item, below)


def _not_yaml(source: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", None) or error)
    hint = " Tabs may not indent: write spaces." if _is_tab(mark, said) else ""
    place = f"{source}:{mark.line + 1}" if mark else source
    said = " ".join(said.partition(' in "<')[0].split()).rstrip(".")
    return f"{place}: this is not YAML: {said}.{hint}"


def _is_tab(mark: yaml.Mark | None, said: str) -> bool:
    return mark is not None and "cannot start any token" in said


def _sort(value: object) -> str:
    return "a list" if isinstance(value, list) else "a single value"


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8"
