"""One file by https://."""

from functools import partial

import httpx2

from substratus_loader.connections import broken, interruption
from substratus_loader.failures import Code, FailureError
from substratus_loader.remote import Listing, RemoteFile
from substratus_loader.retrying import Retries, patiently
from substratus_loader.sources.ranges import Validator, changed, open_range
from substratus_loader.urls import WebUrl, is_inside, shown


def list_files(
    url: WebUrl, client: httpx2.Client, *, name: str | None, retries: Retries
) -> Listing:
    """Return the one file; `name` is what it is called, its URL's last part by default.

    Raises:
        FailureError: the server has no such file, or gives it to nobody without credentials.
    """
    where = shown(url.url)
    path = name or url.name
    if not path or not is_inside(path):
        raise FailureError(
            Code.WRONG_USAGE,
            f"{where} ends in no name of a file. Give a URL that does.",
        )
    size, validator, resumes = patiently(retries, partial(_look, client, url, where))
    if size is None and not resumes and url.sha256 is None:
        raise FailureError(
            Code.WRONG_USAGE,
            f"{where} does not say how large it is, so nobody would see that it was cut off."
            " Add #sha256= with its checksum.",
        )
    has_state = bool(validator.etag or validator.modified)
    file = RemoteFile(
        path=path,
        size=size,
        identity=f"{url.sha256 or ''} {validator.etag or validator.modified or ''}",
        fetch=partial(
            open_range,
            client,
            url.url,
            where=where,
            headers={},
            validator=validator,
            refuse=partial(_refuse, where=where),
        ),
        sha256=url.sha256,
        # Without a state or a checksum, parts of two contents could be put together unseen.
        resumes=size is not None and (has_state or url.sha256 is not None),
    )
    etag = validator.etag.removeprefix("W/").strip('"') if validator.etag else None
    return Listing((file,), etag)


def _look(client: httpx2.Client, url: WebUrl, where: str) -> tuple[int | None, Validator, bool]:
    # A GET whose body is left alone: signed URLs are often for GET, and not for HEAD.
    try:
        with client.stream("GET", url.url) as response:
            _refuse(response, where=where)
            length = response.headers.get("content-length", "")
            chunked = "chunked" in response.headers.get("transfer-encoding", "")
            size = int(length) if length.isdigit() else None
            return size, Validator.of(response.headers), chunked
    except httpx2.HTTPError as error:
        raise broken(error) from error


def _refuse(response: httpx2.Response, *, where: str) -> None:
    """Return when an answer has what was asked for.

    Raises:
        FailureError: with the code and the sentence of the answer's status.
        InterruptedLoadError: the server may answer otherwise in a moment.
    """
    status = response.status_code
    if status in {200, 206}:
        return
    again = interruption(response)
    if again is not None:
        raise again
    if status in {401, 403}:
        raise FailureError(
            Code.NO_ACCESS,
            f"{where} answers {status}: it wants credentials, and an https:// source takes none."
            " Give a URL that is open or signed.",
        )
    if status in {404, 410}:
        raise FailureError(Code.NOT_FOUND, f"{where} does not exist (it answers {status}).")
    if status in {412, 416}:
        raise changed(where)
    raise FailureError(Code.UNAVAILABLE, f"{where} answers {status}.")
