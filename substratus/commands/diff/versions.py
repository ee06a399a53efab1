"""What the two sides of a diff are: objects, settings, or children that were rendered before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from hooks.dialect import as_yaml
from hooks.names import STEP, owner_label
from hooks.settings import Settings
from substratus.commands.diff.changes import Children, Place
from substratus.documents import read_documents
from substratus.files import checked, parse_settings, read_settings
from substratus.manifests import platforms
from substratus.objects import KINDS, is_ours

Manifest = dict[str, Any]

_OWNERS = {owner_label(kind): kind for kind in KINDS}


@dataclass(frozen=True)
class Objects:
    """Objects of the four kinds."""

    objects: list[Manifest]


@dataclass(frozen=True)
class Rendered:
    """Children, as `render` prints them and `simulate --write` writes them."""

    children: Children


Side = Objects | Rendered | Settings


def read_side(name: str, *, namespace: str) -> Side:
    """Return what a file, a directory or `-` holds, or the settings of a platform.

    Raises:
        click.ClickException: it cannot be read, is not one of these, or breaks a rule.
    """
    if name in platforms() and not Path(name).exists():
        return read_settings(name)
    # Rendered children are in several directories below the one that is named.
    given = [*read_documents([name], recursive=True)]
    documents = [each.manifest for each in given]
    if any(map(is_ours, documents)):
        return Objects(checked(given, namespace=namespace))
    if documents and all(STEP in _labels(each) for each in documents):
        return Rendered(dict(map(placed, documents)))
    if not documents and Path(name).is_dir():
        return Objects([])
    if len(documents) <= 1 and not any("kind" in each for each in documents):
        return parse_settings("".join(map(as_yaml, documents)), source=name)
    raise click.ClickException(
        f"{name} holds neither objects of the four kinds, nor children that were rendered, nor "
        "settings."
    )


def _labels(document: Manifest) -> Mapping[str, str]:
    metadata = document.get("metadata")
    return (metadata.get("labels") or {}) if isinstance(metadata, dict) else {}


def placed(child: Manifest) -> tuple[Place, Manifest]:
    """Return a child with its place. Its label has its parent's name, cut where that is long."""
    owner = next(_owners(child), ("", ""))
    metadata = child["metadata"]
    place = (owner[0], metadata.get("namespace", ""), owner[1], child["kind"], metadata["name"])
    return place, child


def _owners(child: Manifest) -> Iterator[tuple[str, str]]:
    for label, value in _labels(child).items():
        if label in _OWNERS:
            yield _OWNERS[label], value
