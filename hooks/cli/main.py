"""The commands. What a command needs is imported when it runs, so that `--help` is quick."""

import sys
from pathlib import Path

import click

import hooks


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(hooks.__version__, prog_name="substratus")
def main() -> None:
    """Show what becomes of Datasets, Models, ModelServers and Notebooks, without a cluster."""


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not up to date.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's root; the current directory by default.",
)
def generate(*, check: bool, root: Path) -> None:
    """Write the CRDs and the generated pages of docs/."""
    from hooks.generate import files  # noqa: PLC0415 - see the module's docstring

    stale = []
    for path, text in files().items():
        target = root / path
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            click.echo(f"wrote {path}")
    if check and stale:
        sys.exit(f"Not up to date: {', '.join(stale)}. Run 'make generate' and commit the result.")


@main.command()
@click.option(
    "--hooks", "address", metavar="URL", help="Where the hooks are, such as http://127.0.0.1:8090."
)
def controllers(address: str | None) -> None:
    """Print the controllers, with another address of the hooks if wanted.

    For hooks that run outside the cluster: substratus controllers --hooks http://127.0.0.1:8090 |
    kubectl apply -f -
    """
    from hooks.manifests import controllers_text  # noqa: PLC0415 - see the module's docstring

    click.echo(controllers_text(address), nl=False)


FILES = click.option(
    "-f",
    "--file",
    "names",
    multiple=True,
    required=True,
    metavar="FILE|DIR|-",
    help="Where the objects are; may be given several times.",
)
NAMESPACE = click.option(
    "-n", "--namespace", default="default", help="For objects that name none.", show_default=True
)
SETTINGS = click.option(
    "--platform",
    "settings",
    metavar="NAME|FILE",
    help="A platform such as gke, or a settings file; the defaults without it.",
)


@main.command()
@FILES
@NAMESPACE
@SETTINGS
@click.option(
    "--step",
    type=click.Choice(["build", "load", "train", "serve", "notebook"]),
    help="Only the children of this step.",
)
def render(names: tuple[str, ...], namespace: str, settings: str | None, step: str | None) -> None:
    """Print every child that objects will ever have, as YAML.

    Example: substratus render -f examples/ --step train
    """
    from hooks.cli import files  # noqa: PLC0415 - see the module's docstring
    from hooks.cli import render as command  # noqa: PLC0415 - the same

    objects = files.read_objects(names, namespace=namespace)
    command.write(*command.render(objects, files.read_settings(settings), step=step))


@main.command()
@FILES
@NAMESPACE
@SETTINGS
@click.option(
    "--fail",
    multiple=True,
    metavar="KIND/NAME:STEP=REASON",
    help="Let a step fail, such as Dataset/squad:load=OOMKilled or Model/opt:build=exit1.",
)
@click.option("--serve", is_flag=True, help="Call the real server over HTTP, under gunicorn.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write every child into this directory.",
)
def simulate(  # noqa: PLR0917 - an argument for each option
    names: tuple[str, ...],
    namespace: str,
    settings: str | None,
    fail: tuple[str, ...],
    serve: bool,  # noqa: FBT001 - click passes it by name
    output: Path | None,
) -> None:
    """Show what happens to objects until nothing moves; fail if one is not Ready.

    Example: substratus simulate -f examples/ --fail Dataset/squad:load=OOMKilled
    """
    from hooks.cli import files  # noqa: PLC0415 - see the module's docstring
    from hooks.cli.simulate import run, scenario  # noqa: PLC0415 - the same

    objects = files.read_objects(names, namespace=namespace)
    checked = files.read_settings(settings)
    sys.exit(
        run(
            objects,
            checked,
            scenario=scenario(fail),
            served_with=(files.settings_file(settings),) if serve else None,
            output=output,
        )
    )
