"""What a cluster holds, read with the person's own `kubectl`, so that every login works."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import click

Manifest = dict[str, Any]

_RESOURCES = ("datasets", "models", "modelservers", "notebooks")


def read_cluster(*, namespace: str | None, every_namespace: bool) -> list[Manifest]:
    """Return the objects of the four kinds that a cluster holds and that do not go.

    Args:
        namespace: where to look; the one of the person's context where it is None.
        every_namespace: whether to look in all.

    Raises:
        click.ClickException: there is no `kubectl`, or it fails; the message has its words.
    """
    resources = ",".join(f"{each}.substratus.ai" for each in _RESOURCES)
    where = ["--all-namespaces"] if every_namespace else []
    where += [f"--namespace={namespace}"] if namespace and not every_namespace else []
    items: list[Manifest] = json.loads(_kubectl(["get", resources, "--output=json", *where]))[
        "items"
    ]
    return [each for each in items if "deletionTimestamp" not in each["metadata"]]


def _kubectl(arguments: Sequence[str]) -> str:
    program = shutil.which("kubectl")
    if program is None:
        raise click.ClickException(
            "kubectl is not on the PATH. Install it, or name files with --file."
        )
    done = subprocess.run(  # noqa: S603 - the person's own kubectl, with our own words
        [program, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise click.ClickException(f"kubectl could not read the cluster: {said}")
    return done.stdout
