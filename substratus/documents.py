"""The objects that files, directories and standard input hold."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from hooks.dialect import load_all

Manifest = dict[str, Any]


def read_documents(names: Iterable[str]) -> Iterator[tuple[str, Manifest]]:
    """Yield every object that files, directories and `-` hold, each with its file's name.

    The items of a list, such as `kubectl get -o yaml` prints, count as objects.

    Raises:
        click.ClickException: a file cannot be read, or holds something that is not an object.
    """
    for source in _sources(names):
        for document in parse(read_text(source), source=source):
            yield from _expanded(source, document)


def parse(text: str, *, source: str) -> list[Manifest]:
    """Return the objects of a YAML text.

    Raises:
        click.ClickException: it is not YAML, or holds something that is not an object.
    """
    try:
        documents = load_all(text)
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise click.ClickException(f"{source} is not YAML: {said}") from error
    found = [each for each in documents if each is not None]
    if not all(isinstance(each, dict) for each in found):
        raise click.ClickException(f"{source} holds something that is not an object.")
    return found


def read_text(name: str) -> str:
    """Return what a file, or standard input for `-`, holds.

    Raises:
        click.ClickException: it cannot be read.
    """
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{name} cannot be read: {_why(error)}.") from error


def _expanded(source: str, document: Manifest) -> Iterator[tuple[str, Manifest]]:
    items = document.get("items")
    if str(document.get("kind", "")).endswith("List") and isinstance(items, list):
        yield from ((source, item) for item in items if isinstance(item, dict))
    else:
        yield source, document


def _sources(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        path = Path(name)
        if name != "-" and path.is_dir():
            yield from (str(each) for each in sorted(path.iterdir()) if _is_manifest(each))
        else:
            yield name


def _is_manifest(path: Path) -> bool:
    return path.suffix in {".yaml", ".yml", ".json"} and path.is_file()


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8"
