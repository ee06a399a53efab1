"""Objects of S3, Google Cloud Storage and Azure Blob Storage, by obstore.

It takes credentials from the environment and from the Pod's identity, as each cloud's own library
does. Its requests go to the cloud's own addresses; another endpoint must be allowed by name.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore import exceptions
from obstore.store import AzureStore, GCSStore, S3Store

from substratus_loader.allowed import Allowed
from substratus_loader.connections import Patience
from substratus_loader.failures import Code, FailureError, InterruptedLoadError
from substratus_loader.remote import Listing, RemoteFile, Stream
from substratus_loader.retrying import Retries, patiently
from substratus_loader.sources.ranges import changed
from substratus_loader.urls import BucketUrl, is_inside

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta
    from obstore.store import ClientConfig

Store = S3Store | GCSStore | AzureStore
_CHUNK = 256 * 1024  # what is lost where a connection breaks off
# What a variable may be that becomes a part of the address of a cloud.
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")


@dataclass(frozen=True)
class Cloud:
    """What is to be known of a cloud: its variables, and what to give where there is no access."""

    endpoints: tuple[str, ...]
    parts: tuple[tuple[str, re.Pattern[str]], ...]
    credentials: str


CLOUDS = {
    "s3": Cloud(
        ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
        (("AWS_REGION", _REGION), ("AWS_DEFAULT_REGION", _REGION)),
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    "gs": Cloud(("GOOGLE_BASE_URL",), (), "GOOGLE_SERVICE_ACCOUNT_KEY"),
    "az": Cloud(
        ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
        (("AZURE_STORAGE_ACCOUNT_NAME", _ACCOUNT),),
        "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    ),
}


def list_files(
    url: BucketUrl,
    environment: Mapping[str, str],
    *,
    allowed: Allowed,
    retries: Retries,
) -> Listing:
    """Return the object of the URL's key, or all below it.

    Raises:
        FailureError: there is none, no access to it, or an endpoint that is not allowed.
    """
    store = _store(url, environment, allowed, retries.patience)
    objects = patiently(retries, partial(_look, store, url))
    single = len(objects) == 1 and objects[0]["path"] == url.path
    files = tuple(
        file for found in objects if (file := _remote(store, url, found, single=single)) is not None
    )
    etag = objects[0]["e_tag"] if single else None
    return Listing(files, etag.strip('"') if etag else None)


def _look(store: Store, url: BucketUrl) -> "list[ObjectMeta]":
    with _saying(url):
        if url.path:
            try:
                return [obstore.head(store, url.path)]
            except FileNotFoundError:
                pass  # a prefix
        found = [each for page in obstore.list(store, url.path or None) for each in page]
    if not found:
        raise FailureError(
            Code.NOT_FOUND, f"{_shown(url)} does not exist: no object has this key or prefix."
        )
    return found


def _remote(
    store: Store, url: BucketUrl, found: "ObjectMeta", *, single: bool
) -> RemoteFile | None:
    key = found["path"]
    path = key.rpartition("/")[2] if single else key.removeprefix(url.path).lstrip("/")
    if not is_inside(path):
        return None  # a mark for an empty directory
    etag = found["e_tag"]
    return RemoteFile(
        path=path,
        size=found["size"],
        identity=etag or found["last_modified"].isoformat(),
        fetch=partial(_fetch, store, url, key, etag),
    )


@contextmanager
def _fetch(
    store: Store, url: BucketUrl, key: str, etag: str | None, offset: int
) -> Iterator[Stream]:
    options: GetOptions = {"if_match": etag} if etag else {}
    if offset:
        options["range"] = {"offset": offset}
    with _saying(url):
        answer = obstore.get(store, key, options=options)
        chunks = (bytes(chunk) for chunk in answer.stream(min_chunk_size=_CHUNK))
        yield Stream(offset, chunks)


def _store(
    url: BucketUrl, environment: Mapping[str, str], allowed: Allowed, patience: Patience
) -> Store:
    cloud = CLOUDS[url.scheme]
    for name, pattern in cloud.parts:
        if environment.get(name) and not pattern.fullmatch(environment[name]):
            raise FailureError(Code.WRONG_USAGE, f"The variable {name} is not a name of one.")
    options: ClientConfig = {
        "read_timeout": timedelta(seconds=patience.stall_seconds),
        "timeout": timedelta(days=30),  # of a whole file, which may be large
        "user_agent": "substratus-loader",
    }
    for name in cloud.endpoints:
        if environment.get(name):
            options["allow_http"] = _is_plain(name, environment[name], allowed)
    # It would begin again unseen; what breaks off is asked for again here, with a line in the log.
    once = {"max_retries": 0}
    if url.scheme == "s3":
        return S3Store(url.bucket, client_options=options, retry_config=once)  # type: ignore[arg-type]
    if url.scheme == "gs":
        return GCSStore(url.bucket, client_options=options, retry_config=once)  # type: ignore[arg-type]
    if not environment.get("AZURE_STORAGE_ACCOUNT_NAME"):
        raise FailureError(
            Code.WRONG_USAGE,
            f"{_shown(url)} needs its account: give AZURE_STORAGE_ACCOUNT_NAME in `spec.env`.",
        )
    return AzureStore(url.bucket, client_options=options, retry_config=once)  # type: ignore[arg-type]


def _is_plain(name: str, endpoint: str, allowed: Allowed) -> bool:
    """Say whether an endpoint that is allowed speaks HTTP without encryption."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise FailureError(Code.WRONG_USAGE, f"The variable {name} is not a URL.") from None
    if not parts.hostname or not allowed.names(parts.hostname, port):
        raise FailureError(
            Code.REFUSED,
            f"{name} names {parts.hostname}, which the settings' sources.allowed does not have."
            f" Whoever runs the cluster can allow it: https://{parts.hostname}.",
        )
    return parts.scheme == "http"


@contextmanager
def _saying(url: BucketUrl) -> Iterator[None]:
    """Turn what obstore raises into failures; its own words may hold a signature."""
    where = _shown(url)
    try:
        yield
    except FileNotFoundError as error:
        raise FailureError(
            Code.NOT_FOUND, f"{where} does not exist, or was removed meanwhile."
        ) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise _no_access(url, "the credentials have no right to read it") from error
    except exceptions.PreconditionError as error:
        raise changed(where) from error
    except exceptions.BaseError as error:
        raise _interruption(url, str(error)) from error


def _interruption(url: BucketUrl, said: str) -> FailureError | InterruptedLoadError:
    if "LOCATION" in said:
        return FailureError(
            Code.WRONG_USAGE,
            f"{_shown(url)} is in another region. Give it as AWS_REGION in `spec.env`.",
        )
    # Each cloud's own address for credentials, asked because there were none in the environment.
    if re.search(r"169\.254\.|metadata\.google|/token\b|credential", said, re.IGNORECASE):
        return InterruptedLoadError(
            "has no credentials yet", final=_no_access(url, "there are no credentials")
        )
    status = re.search(r"status.{0,20}?\b([45]\d\d)\b", said)
    if status is None:
        return InterruptedLoadError("broke the connection off, or cannot be connected to")
    return _answer(url, int(status[1]))


def _answer(url: BucketUrl, status: int) -> FailureError | InterruptedLoadError:
    if status in {401, 403}:
        return _no_access(url, "the credentials have no right to read it")
    if status == 404:  # noqa: PLR2004 - Not Found
        return FailureError(
            Code.NOT_FOUND, f"{_shown(url)} does not exist: there is no bucket {url.bucket}."
        )
    if status in {408, 429} or status >= 500:  # noqa: PLR2004 - errors of the server
        return InterruptedLoadError(f"answered {status}")
    return FailureError(Code.UNAVAILABLE, f"{_shown(url)} answers {status}.")


def _no_access(url: BucketUrl, why: str) -> FailureError:
    return FailureError(
        Code.NO_ACCESS,
        f"No access to {_shown(url)}: {why}. Give {CLOUDS[url.scheme].credentials} in `spec.env`,"
        " from a Secret, or let the Pod's service account read the bucket.",
    )


def _shown(url: BucketUrl) -> str:
    return f"{url.scheme}://{url.bucket}/{url.path}".rstrip("/")
