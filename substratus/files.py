"""Objects and settings from the files that a person names, and from their cluster."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from metacontroller_offline.objectmeta import as_go_reads
from pydantic import ValidationError

from hooks.api import API_VERSION, Dataset, Model, ModelServer, Notebook, explain
from hooks.api.rules import Type
from hooks.settings import InvalidSettingsError, Settings, load
from substratus.documents import read_documents, read_text
from substratus.manifests import platforms

Manifest = dict[str, Any]
Key = tuple[str, str, str]
"""Kind, namespace and name."""

KINDS: dict[str, type[Type]] = {
    each.__name__: each for each in (Dataset, Model, ModelServer, Notebook)
}


def read_objects(names: Iterable[str], *, namespace: str) -> list[Manifest]:
    """Return the objects of the four kinds that files, directories and `-` hold.

    Objects of other kinds are left out. One without a namespace gets `namespace`.

    Raises:
        click.ClickException: a file cannot be read, or an object breaks a rule of the API.
    """
    given = [*names]
    found = checked(read_documents(given), namespace=namespace)
    if given and not found:
        raise click.ClickException(f"There is no object of {API_VERSION} in {', '.join(given)}.")
    return found


def checked(documents: Iterable[tuple[str, Manifest]], *, namespace: str) -> list[Manifest]:
    """Return those documents that are objects of the four kinds, each in a namespace.

    Args:
        documents: each with what it was read from.
        namespace: for those that name none.

    Raises:
        click.ClickException: an object breaks a rule of the API, or stands twice.
    """
    found: dict[Key, Manifest] = {}
    for source, document in documents:
        if not is_ours(document):
            continue
        metadata = document.get("metadata")
        if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
            raise click.ClickException(f"{source}: a {document['kind']} has no metadata.name.")
        placed = as_go_reads({**document, "metadata": {"namespace": namespace, **metadata}})
        _check(source, placed)
        if key(placed) in found:
            raise click.ClickException(f"{source}: {named(placed)} stands twice.")
        found[key(placed)] = placed
    return list(found.values())


def is_ours(document: Manifest) -> bool:
    """Return whether an object is of one of the four kinds."""
    return document.get("apiVersion") == API_VERSION and document.get("kind") in KINDS


def key(manifest: Manifest) -> Key:
    """Return kind, namespace and name of an object."""
    metadata = manifest["metadata"]
    return manifest["kind"], metadata["namespace"], metadata["name"]


def named(manifest: Manifest) -> str:
    """Return what to call an object: its kind, namespace and name."""
    kind, namespace, name = key(manifest)
    return f"{kind} {namespace}/{name}"


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
    return parse_settings(read_text(file), source=name)


def parse_settings(text: str, *, source: str) -> Settings:
    """Return the settings of a YAML text.

    Raises:
        click.ClickException: a setting is wrong.
    """
    try:
        return load(text, source=source)
    except InvalidSettingsError as error:
        raise click.ClickException(str(error)) from error


def _check(source: str, document: Manifest) -> None:
    try:
        KINDS[document["kind"]].model_validate(document)
    except ValidationError as error:
        name = f"{document['kind']} {document['metadata']['name']}"
        raise click.ClickException(f"{source}: {name}: {explain(error)}") from error
