"""Objects and settings from the files that a person names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from hooks.api import API_VERSION
from hooks.settings import InvalidSettingsError, Settings, load
from substratus.documents import Document, read_documents, read_text
from substratus.manifests import platforms
from substratus.objects import Key, Manifest, key, placed
from substratus.refusals import is_meant, refusals
from substratus.wording.values import cut, listed, near

_MANY = 20


@dataclass(frozen=True)
class Mistake:
    """What an API server would refuse: file and line, the object, and a sentence on a field."""

    place: str
    object: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.object}: {self.message}."


def read_objects(
    names: Iterable[str], *, namespace: str, recursive: bool = False
) -> list[Manifest]:
    """Return the objects of the four kinds that files, directories and `-` hold.

    Objects of other kinds are left out. One without a namespace gets `namespace`.

    Raises:
        click.ClickException: a file cannot be read, an object would be refused, or there is none.
    """
    given = [*names]
    documents = [*read_documents(given, recursive=recursive)]
    found = checked(documents, namespace=namespace)
    if given and not found:
        raise click.ClickException(nothing(given, documents))
    return found


def nothing(names: Sequence[str], documents: Sequence[Document]) -> str:
    """Return a sentence that files hold no object of the four kinds, and what they hold."""
    others = [_other(each.manifest) for each in documents]
    holds = f", but {listed([*dict.fromkeys(others)])}" if others else ""
    if not others and all(Path(each).is_file() for each in names):
        holds = ": it is empty" if len(names) == 1 else ": they are empty"
    return f"There is no object of {API_VERSION} in {', '.join(names)}{holds}."


def _other(manifest: Manifest) -> str:
    """Return what to call an object of another group, or a map that is not an object."""
    kind, metadata = manifest.get("kind"), manifest.get("metadata")
    if not isinstance(kind, str):
        return "a map without apiVersion and kind"
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{kind} {cut(name)}" if isinstance(name, str) else kind


def checked(documents: Iterable[Document], *, namespace: str) -> list[Manifest]:
    """Return those documents that are objects of the four kinds, each in a namespace.

    Args:
        documents: what files hold.
        namespace: for those that name none.

    Raises:
        click.ClickException: an API server would refuse some; the message names each mistake.
    """
    legal, mistakes = verdicts(documents, namespace=namespace)
    if mistakes:
        raise click.ClickException(_together(mistakes))
    return [manifest for _, manifest in legal.values()]


def _together(mistakes: Sequence[Mistake]) -> str:
    if len(mistakes) == 1:
        return str(mistakes[0])
    more = len(mistakes) - _MANY
    lines = [f"there are {len(mistakes)} mistakes.", *map(str, mistakes[:_MANY])]
    return "\n".join([*lines, f"And {more} more."] if more > 0 else lines)


def verdicts(
    documents: Iterable[Document], *, namespace: str
) -> tuple[dict[Key, tuple[Document, Manifest]], list[Mistake]]:
    """Return the objects of the four kinds that an API server would take, and all mistakes.

    Args:
        documents: what files hold; other kinds are left out.
        namespace: for objects that name none.
    """
    legal: dict[Key, tuple[Document, Manifest]] = {}
    mistakes: list[Mistake] = []
    for document in documents:
        if not is_meant(document.manifest):
            continue
        manifest = placed(document.manifest, namespace)
        found = refusals(manifest)
        if not found and key(manifest) in legal:
            first = legal[key(manifest)][0].place()
            found = [f"it is in {first} too, and the last one would win"]
        mistakes += [_mistake(document, manifest, each) for each in found]
        if not found:
            legal[key(manifest)] = (document, manifest)
    return legal, mistakes


def _mistake(document: Document, manifest: Manifest, sentence: str) -> Mistake:
    field = sentence.partition(": ")[0] if ": " in sentence else ""
    return Mistake(document.place(field), called(manifest), sentence)


def called(manifest: Manifest) -> str:
    """Return what to call an object whose form may be wrong."""
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    kind = manifest.get("kind") or "an object"
    if not isinstance(name, str) or not name:
        return f"{kind} without a name"
    namespace = metadata.get("namespace") if isinstance(metadata, dict) else None
    place = f"{cut(namespace)}/" if isinstance(namespace, str) else ""
    return f"{kind} {place}{cut(name)}"


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
        known = [*platforms()]
        raise click.ClickException(
            f"{name} is neither a file nor one of the platforms {', '.join(known)}"
            f"{near(name, known)}."
        )
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
