"""The options that several commands have, each turned into what the command works on."""

import functools
from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem
from metacontroller_offline.objectmeta import metadata_violations

from hooks.step import Step
from substratus import files
from substratus.cluster import read_cluster
from substratus.documents import read_documents
from substratus.files import nothing, read_objects, read_settings
from substratus.manifests import platforms
from substratus.objects import Manifest, key
from substratus.refusals import is_meant
from substratus.wording.values import shown

Command = Callable[..., Any]

_NOTHING = "Name objects with --file, or read them with --from-cluster."


def _a_namespace(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    del context, parameter
    wrong = metadata_violations({"metadata": {"name": "any", "namespace": value}}) if value else []
    if wrong:
        raise click.BadParameter(f"{shown(value)}: small letters, digits and '-', 63 at most.")
    return value


_FILES = click.option(
    "-f",
    "--file",
    "names",
    multiple=True,
    metavar="FILE|DIR|-",
    type=click.Path(allow_dash=True),
    help="Where the objects are; may be given several times.",
)
_RECURSIVE = click.option(
    "-R", "--recursive", is_flag=True, help="Read what is below a directory, too."
)
_NAMESPACE = click.option(
    "-n",
    "--namespace",
    callback=_a_namespace,
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
        recursive: bool,
        from_cluster: bool,
        all_namespaces: bool,
        **others: object,
    ) -> object:
        if not names and not from_cluster:
            raise click.UsageError(_NOTHING)
        found = read_objects(names, namespace=namespace or "default", recursive=recursive)
        if from_cluster:
            there = read_cluster(namespace=namespace, every_namespace=all_namespaces)
            found = beside(found, there)
        return command(objects=found, **others)

    return _sources(reading)


def documents(command: Command) -> Command:
    """Give a command `documents`, what files hold, unchecked, and `there`, what a cluster has.

    `there` is None where nobody asks for the cluster. The command also gets `namespace`, the one of
    objects that name none.
    """

    @functools.wraps(command)
    def reading(
        *,
        names: tuple[str, ...],
        namespace: str | None,
        recursive: bool,
        from_cluster: bool,
        all_namespaces: bool,
        **others: object,
    ) -> object:
        if not names and not from_cluster:
            raise click.UsageError(_NOTHING)
        found = [*read_documents(names, recursive=recursive)]
        if names and not any(is_meant(each.manifest) for each in found):
            raise click.ClickException(nothing(names, found))
        there = (
            read_cluster(namespace=namespace, every_namespace=all_namespaces)
            if from_cluster
            else None
        )
        return command(documents=found, there=there, namespace=namespace or "default", **others)

    return _sources(reading)


def _sources(command: Command) -> Command:
    return _FILES(_RECURSIVE(_NAMESPACE(_FROM_CLUSTER(_EVERY_NAMESPACE(command)))))


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
