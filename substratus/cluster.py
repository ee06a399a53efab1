"""What a cluster holds, read with the person's own `kubectl`, so that every login works."""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import click

Manifest = dict[str, Any]

_RESOURCES = ("datasets", "models", "modelservers", "notebooks")
_LOGGED = re.compile(r"[EWIF]\d{4} ")
"""How a line of kubectl's own log begins, which repeats what its last line says."""
_LONGEST = 300
_PATIENCE = "30s"
_UNREACHABLE = ("refused", "Unable to connect", "no such host", "timeout", "no route to host")


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
    items = items_of([resources, *where])
    return [each for each in items if "deletionTimestamp" not in each["metadata"]]


def items_of(arguments: Sequence[str]) -> list[Manifest]:
    """Return the objects that `kubectl get` with these arguments finds; none is not an error.

    Raises:
        click.ClickException: there is no `kubectl`, or it fails; the message has its words.
    """
    text = _kubectl(["get", *arguments, "--output=json", "--ignore-not-found"])
    if not text.strip():
        return []
    found: Manifest = json.loads(text)
    items: list[Manifest] = found.get("items", [found])
    return items


def names_of(resource: str, namespace: str) -> frozenset[str]:
    """Return the names of all objects of a resource; of the cluster's own for no namespace.

    The objects themselves are not read: some are Secrets.

    Raises:
        click.ClickException: there is no `kubectl`, or it fails; the message has its words.
    """
    where = [f"--namespace={namespace}"] if namespace else []
    text = _kubectl(["get", resource, "--output=name", "--ignore-not-found", *where])
    return frozenset(line.rpartition("/")[2] for line in text.split())


def _kubectl(arguments: Sequence[str]) -> str:
    program = shutil.which("kubectl")
    if program is None:
        raise click.ClickException(
            "kubectl is not on the PATH. Install it, or name files with --file."
        )
    command = [program, *arguments, f"--request-timeout={_PATIENCE}"]
    done = subprocess.run(  # noqa: S603 - the person's own kubectl, with our own words
        command, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(_sentence(done.stderr, done.returncode))
    return done.stdout


def _sentence(printed: str, code: int) -> str:
    """Return one sentence for what kubectl printed when it failed, and what to do."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    own = [line for line in lines if not _LOGGED.match(line)] or lines
    said = own[-1].removeprefix("error: ")[:_LONGEST] if own else f"exit code {code}"
    if "have a resource type" in said:
        return (
            "The cluster does not know the kinds of substratus.ai. Install them: "
            "substratus install | kubectl apply -f -"
        )
    if any(each in said for each in _UNREACHABLE):
        return (
            f"kubectl reaches no cluster: {_ended(said)} `kubectl config current-context` "
            "shows which one it asks."
        )
    return f"kubectl could not read the cluster: {said}"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
