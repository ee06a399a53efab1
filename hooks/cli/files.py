"""Objects and settings from the files that a person names."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import ValidationError

from hooks.api import API_VERSION, Dataset, Model, ModelServer, Notebook, explain
from hooks.api.rules import Type
from hooks.manifests import platforms
from hooks.settings import InvalidSettingsError, Settings, load

Manifest = dict[str, Any]

KINDS: dict[str, type[Type]] = {
    each.__name__: each for each in (Dataset, Model, ModelServer, Notebook)
}


def read_objects(names: Iterable[str], *, namespace: str) -> list[Manifest]:
    """Return the objects of the four kinds that files, directories and `-` hold.

    Objects of other kinds are left out. One without a namespace gets `namespace`.

    Raises:
        click.ClickException: a file cannot be read, or an object breaks a rule of the API.
    """
    found: dict[tuple[str, str, str], Manifest] = {}
    for source, document in _documents(names):
        if document.get("apiVersion") != API_VERSION or document.get("kind") not in KINDS:
            continue
        metadata = document.get("metadata")
        if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
            raise click.ClickException(f"{source}: a {document['kind']} has no metadata.name.")
        placed = {**document, "metadata": {"namespace": namespace, **metadata}}
        key = (document["kind"], placed["metadata"]["namespace"], metadata["name"])
        if key in found:
            raise click.ClickException(f"{source}: {key[0]} {key[1]}/{key[2]} stands twice.")
        _check(source, placed)
        found[key] = placed
    if not found:
        raise click.ClickException(f"There is no object of {API_VERSION} in {', '.join(names)}.")
    return list(found.values())


def settings_file(name: str | None) -> str | None:
    """Return the file of settings that a person names: its path, or a platform's name."""
    platform = platforms().get(name) if name else None
    return str(platform) if platform else name


def read_settings(name: str | None) -> Settings:
    """Return the settings of a platform or a file, or the defaults where there is none.

    Raises:
        click.ClickException: the file cannot be read, or a setting is wrong.
    """
    file = settings_file(name)
    if name is None or file is None:
        return Settings()
    if file == name and not Path(name).exists() and name != "-":
        known = ", ".join(platforms())
        raise click.ClickException(f"{name} is neither a file nor one of the platforms {known}.")
    try:
        return load(_text(file), source=name)
    except InvalidSettingsError as error:
        raise click.ClickException(str(error)) from error


def _check(source: str, document: Manifest) -> None:
    try:
        KINDS[document["kind"]].model_validate(document)
    except ValidationError as error:
        name = f"{document['kind']} {document['metadata']['name']}"
        raise click.ClickException(f"{source}: {name}: {explain(error)}") from error


def _documents(names: Iterable[str]) -> Iterator[tuple[str, Manifest]]:
    for source in _sources(names):
        try:
            documents = list(yaml.safe_load_all(_text(source)))
        except yaml.YAMLError as error:
            raise click.ClickException(f"{source} is not YAML: {error}") from error
        for document in documents:
            if document is None:
                continue
            if not isinstance(document, dict):
                raise click.ClickException(f"{source} holds something that is not an object.")
            yield from _expanded(source, document)


def _expanded(source: str, document: Manifest) -> Iterator[tuple[str, Manifest]]:
    """Yield a document, or the items of a list such as `kubectl get -o yaml` prints."""
    items = document.get("items")
    if document.get("kind", "").endswith("List") and isinstance(items, list):
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


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{name} cannot be read: {error}.") from error
