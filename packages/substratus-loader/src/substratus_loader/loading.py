"""A load: what the source has, what of it is wanted, and all of it into its place."""

import dataclasses
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

import httpx2

from substratus_loader import conversion, patterns, space
from substratus_loader.arguments import Arguments
from substratus_loader.connections import make_client
from substratus_loader.destination import Destination
from substratus_loader.failures import Code, FailureError, Stopped
from substratus_loader.progress import Progress, amount
from substratus_loader.remote import Listing, RemoteFile
from substratus_loader.report import Report
from substratus_loader.retrying import Retries
from substratus_loader.transfer import load_file
from substratus_loader.urls import BucketUrl, HubUrl, Url, WebUrl, parse, shown

_LAST_BYTES_SECONDS = 1
Say = Callable[[str], None]


def load(arguments: Arguments, environment: Mapping[str, str], say: Say) -> Report:
    """Load what is asked for; `say` gets the lines of the log.

    Raises:
        FailureError: it did not end whole.
    """
    url = parse(arguments.url)
    arguments.allowed.check(arguments.url)
    with make_client(arguments.allowed, arguments.patience) as client:
        retries = Retries(shown(arguments.url), arguments.patience, say)
        if isinstance(url, HubUrl) and url.conversion is not None:
            conversion.check(arguments.filename)
        listing = _list(url, arguments, environment, client, retries)
        if isinstance(url, HubUrl) and url.conversion is not None:
            return _load_split(listing, url.conversion, arguments, say)
        files = _wanted(listing.files, arguments)
        return _load_files(Listing(files, listing.revision), arguments.destination, arguments, say)


def _load_split(listing: Listing, wanted: dict[str, str], arguments: Arguments, say: Say) -> Report:
    files = conversion.choose(listing.files, wanted, where=shown(arguments.url))
    parts = conversion.parts_below(arguments.destination)
    report = _load_files(Listing(files, listing.revision), parts, arguments, say)
    name = arguments.filename or ""
    say(f"{report.size} bytes of Parquet are written as {name}")
    paths = [parts / file.path for file in files]
    size, sha256 = conversion.write(paths, arguments.destination / name, renames=arguments.renames)
    return Report((name,), size, listing.revision, sha256)


def _load_files(listing: Listing, directory: Path, arguments: Arguments, say: Say) -> Report:
    files = listing.files
    destination = Destination(directory, renames=arguments.renames)
    destination.prepare(files)
    sizes = [file.size for file in files]
    total = None if None in sizes else sum(size for size in sizes if size is not None)
    say(
        f"{shown(arguments.url)} at {listing.revision or 'no revision'}:"
        f" {len(files)} files, {amount(total) if total is not None else 'of unknown size'}"
    )
    needed = sum((file.size or 0) - destination.bytes_there(file) for file in files)
    space.check(directory, needed)
    progress = Progress(total, len(files), say)
    with destination.locked():
        checksums = _load_all(files, destination, arguments, progress, say)
        destination.finish()
    return Report(
        paths=tuple(file.path for file in files),
        size=progress.done,  # of files that said no size too
        revision=listing.revision,
        sha256=checksums[0] if len(files) == 1 else None,
    )


def _list(
    url: Url,
    arguments: Arguments,
    environment: Mapping[str, str],
    client: httpx2.Client,
    retries: Retries,
) -> Listing:
    if isinstance(url, HubUrl):
        # Each source's libraries are imported where they are needed, for time and memory.
        from substratus_loader.sources import hub  # noqa: PLC0415

        endpoint = environment.get("HF_ENDPOINT") or hub.ENDPOINT
        # A Secret that was made from a file often ends in a line break.
        token = environment.get("HF_TOKEN", "").strip() or None
        where = hub.Hub(client, endpoint.strip().rstrip("/"), token)
        return hub.list_files(url, where, retries=retries)
    if isinstance(url, WebUrl):
        from substratus_loader.sources import web  # noqa: PLC0415

        return web.list_files(url, client, name=arguments.filename, retries=retries)
    if isinstance(url, BucketUrl):
        from substratus_loader.sources import buckets  # noqa: PLC0415

        return buckets.list_files(url, environment, allowed=arguments.allowed, retries=retries)
    from substratus_loader.sources import volume  # noqa: PLC0415

    return volume.list_files(url, arguments.source)


def _wanted(files: tuple[RemoteFile, ...], arguments: Arguments) -> tuple[RemoteFile, ...]:
    where = shown(arguments.url)
    wanted = patterns.select(files, arguments.files, where=where)
    if arguments.filename is None:
        return wanted
    if len(wanted) > 1:
        names = ", ".join(file.path for file in wanted[:5])
        raise FailureError(
            Code.WRONG_USAGE,
            f"A Dataset is one file, and {where} has {len(wanted)} ({names}…). Add the path of one"
            " to the URL, or narrow them with `files`.",
        )
    return (dataclasses.replace(wanted[0], path=arguments.filename),)


def _load_all(
    files: tuple[RemoteFile, ...],
    destination: Destination,
    arguments: Arguments,
    progress: Progress,
    say: Say,
) -> list[str]:
    stop = threading.Event()

    def one(file: RemoteFile) -> str:
        if stop.is_set():
            raise Stopped
        retries = Retries(f"{file.path} of {shown(arguments.url)}", arguments.patience, say, stop)
        return load_file(file, destination, retries=retries, progress=progress)

    pool = ThreadPoolExecutor(arguments.parallel)
    loads = [pool.submit(one, file) for file in files]
    ended, _ = wait(loads, return_when=FIRST_EXCEPTION)
    stop.set()
    pool.shutdown(wait=False, cancel_futures=True)
    # The others end at their next bytes; one whose server sends nothing is not waited for.
    running = [each for each in loads if not each.cancelled()]
    wait(running, timeout=_LAST_BYTES_SECONDS)
    failures = [error for each in ended if (error := each.exception()) is not None]
    # What was stopped was stopped because of another.
    failures.sort(key=lambda failure: isinstance(failure, Stopped))
    if failures:
        raise failures[0]
    return [each.result() for each in loads]
