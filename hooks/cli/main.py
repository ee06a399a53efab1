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
