"""The options that several commands have, each turned into what the command works on."""

import functools
from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from hooks.step import Step
from substratus import files
from substratus.cluster import read_cluster
from substratus.documents import read_documents
from substratus.files import Manifest, key, read_objects, read_settings
from substratus.manifests import platforms

Command = Callable[..., Any]

_NOTHING = "Name objects with --file, or read them with --from-cluster."

_FILES = click.option(
    "-f",
    "--file",
    "names",
    multiple=True,
    metavar="FILE|DIR|-",
    type=click.Path(allow_dash=True),
    help="Where the objects are; may be given several times.",
)
_NAMESPACE = click.option(
    "-n",
    "--namespace",
    help="For objects that name none, and where --from-cluster looks.  [default: default, and "
    "your context's]",
)
_FROM_CLUSTER = click.option(
    "--from-cluster",
    is_flag=True,
    help="Read the cluster's objects with your own kubectl; an object in a file goes before them.",
)
_EVERY_NAMESPACE = click.option(
    "-A", "--all-namespaces", is_flag=True, help="With --from-cluster: of all namespaces."
)


def objects(command: Command) -> Command:
    """Give a command `objects`: those of the four kinds in files and in the cluster, checked."""

    @functools.wraps(command)
    def reading(
        *,
        names: tuple[str, ...],
        namespace: str | None,
        from_cluster: bool,
        all_namespaces: bool,
        **others: object,
    ) -> object:
        if not names and not from_cluster:
            raise click.UsageError(_NOTHING)
        found = read_objects(names, namespace=namespace or "default")
        if from_cluster:
            there = read_cluster(namespace=namespace, every_namespace=all_namespaces)
            found = beside(found, there)
        return command(objects=found, **others)

    return _FILES(_NAMESPACE(_FROM_CLUSTER(_EVERY_NAMESPACE(reading))))


def documents(command: Command) -> Command:
    """Give a command `documents`, unchecked and with their files, and `there`, what a cluster has.

    Each document is in a namespace: its own, or the one that is asked for.
    """

    @functools.wraps(command)
    def reading(
        *,
        names: tuple[str, ...],
        namespace: str | None,
        from_cluster: bool,
        all_namespaces: bool,
        **others: object,
    ) -> object:
        if not names and not from_cluster:
            raise click.UsageError(_NOTHING)
        found = [(source, placed(each, namespace)) for source, each in read_documents(names)]
        there = (
            read_cluster(namespace=namespace, every_namespace=all_namespaces)
            if from_cluster
            else []
        )
        return command(documents=found, there=there, **others)

    return _FILES(_NAMESPACE(_FROM_CLUSTER(_EVERY_NAMESPACE(reading))))


def placed(document: Manifest, namespace: str | None) -> Manifest:
    """Return a document in a namespace, if it names none and has metadata at all."""
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("namespace"):
        return document
    return {**document, "metadata": {**metadata, "namespace": namespace or "default"}}


def beside(given: list[Manifest], there: list[Manifest]) -> list[Manifest]:
    """Return the given objects, and those of a cluster that have another kind or name."""
    taken = {key(each) for each in given}
    found = [*given, *(each for each in there if key(each) not in taken)]
    if not found:
        raise click.ClickException(
            "The cluster holds none of the four kinds there. Name another namespace, or all "
            "with --all-namespaces."
        )
    return found


def platform(command: Command) -> Command:
    """Give a command `settings`, and `settings_file`, the file that was named or None."""

    @functools.wraps(command)
    def reading(*, settings_file: str | None, **others: object) -> object:
        settings = read_settings(settings_file)
        return command(
            settings=settings, settings_file=files.settings_file(settings_file), **others
        )

    return click.option(
        "--platform",
        "settings_file",
        metavar="NAME|FILE",
        shell_complete=_platforms,
        help="A platform such as gke, or a settings file; the defaults without it.",
    )(reading)


def _platforms(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del context, parameter
    names = [CompletionItem(name) for name in platforms() if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


def step(command: Command) -> Command:
    """Give a command `step`, the one whose children are wanted; None for all."""

    @functools.wraps(command)
    def reading(*, step: str | None, **others: object) -> object:
        return command(step=Step.named(step), **others)

    return click.option(
        "--step",
        type=click.Choice([str(each) for each in Step]),
        help="Only the children of this step.",
    )(reading)


def output(*formats: str) -> Callable[[Command], Command]:
    """Return the option `-o` with these formats, of which the first is the default."""
    return click.option(
        "-o",
        "--output",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="What to print.",
    )
