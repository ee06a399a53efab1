"""Writes what is generated: `python -m tools`."""

import sys
from pathlib import Path

import click

from tools import files


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not up to date.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The project's root; the current directory by default.",
)
def main(*, check: bool, root: Path) -> None:
    """Write the CRDs, the controllers, the pages of docs/ and what a package has of the hooks."""
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


if __name__ == "__main__":
    main()
