"""The command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from substratus_loader.allowed import DEFAULT, Allowed
from substratus_loader.connections import Patience
from substratus_loader.failures import Code, FailureError
from substratus_loader.urls import is_inside


@dataclass(frozen=True)
class Arguments:
    """What is asked for."""

    url: str
    destination: Path
    kind: str
    filename: str | None
    files: tuple[str, ...]
    allowed: Allowed
    renames: bool
    parallel: int
    patience: Patience
    source: Path


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise FailureError(Code.WRONG_USAGE, f"substratus-loader: {message}.")


def read(arguments: list[str]) -> Arguments:
    """Return what a command line asks for.

    Raises:
        FailureError: `WRONG_USAGE`.
    """
    given = _parser().parse_args(arguments)
    if (given.kind == "dataset") != (given.filename is not None):
        raise FailureError(
            Code.WRONG_USAGE, "--filename names a Dataset's one file, and belongs to no Model."
        )
    if given.filename is not None and not is_inside(given.filename):
        raise FailureError(
            Code.WRONG_USAGE, f"--filename={given.filename} leads out of the destination."
        )
    return Arguments(
        url=given.url,
        destination=given.destination,
        kind=given.kind,
        filename=given.filename,
        files=tuple(given.files),
        allowed=Allowed(tuple(given.allow) or DEFAULT),
        renames=not given.no_rename,
        parallel=max(given.parallel, 1),
        patience=Patience(
            stall_seconds=given.stall_seconds,
            attempts=max(given.attempts, 1),
            longest_wait_seconds=given.longest_wait_seconds,
            first_wait_seconds=min(1, given.longest_wait_seconds),
        ),
        source=given.source,
    )


def _parser() -> _Parser:
    parser = _Parser(
        prog="substratus-loader",
        description="Load URL into the directory DESTINATION. A load that was killed continues"
        " where it stopped.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--kind", choices=["dataset", "model"], required=True, help="one file, or a directory")
    add("--filename", help="what a dataset's file is called below DESTINATION")
    add("--files", action="append", default=[], metavar="PATTERN", help="which files; repeated")
    add(
        "--allow",
        action="append",
        default=[],
        metavar="PREFIX",
        help="which URLs, and which hosts whatever their address; repeated;"
        f" {' and '.join(DEFAULT)} by default",
    )
    add("--no-rename", action="store_true", help="the storage cannot rename: write in place")
    add("--parallel", type=int, default=4, metavar="N", help="files at a time; 4 by default")
    patience = Patience()
    add(
        "--attempts",
        type=int,
        default=patience.attempts,
        metavar="N",
        help="in a row without progress",
    )
    add(
        "--stall-seconds",
        type=float,
        default=patience.stall_seconds,
        metavar="S",
        help="without a byte",
    )
    add(
        "--longest-wait-seconds",
        type=float,
        default=patience.longest_wait_seconds,
        metavar="S",
        help="between two attempts",
    )
    add(
        "--source",
        type=Path,
        default=Path("/source"),
        metavar="DIR",
        help="where a pvc:// claim is mounted",
    )
    add("url", metavar="URL")
    add("destination", metavar="DESTINATION", type=Path)
    return parser
