"""A file by HTTP, from an offset."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from substratus_loader.connections import broken
from substratus_loader.failures import Code, FailureError
from substratus_loader.remote import Stream

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True)
class Validator:
    """What a server says of the state of a file: a change of it is a change of the content."""

    etag: str | None = None
    modified: str | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Validator":
        """Return the validator of an answer."""
        return cls(headers.get("etag") or None, headers.get("last-modified") or None)

    def differs_from(self, other: "Validator") -> bool:
        """Say whether two answers are of different states; the ETag decides where both have one."""
        if self.etag and other.etag:
            return self.etag.removeprefix("W/") != other.etag.removeprefix("W/")
        return self.modified != other.modified

    def condition(self) -> dict[str, str]:
        """Return the header that asks for a range of this state alone."""
        if self.etag and not self.etag.startswith("W/"):
            return {"if-range": self.etag}
        # A weak ETag is not taken by If-Range; it is compared when the answer is there.
        return {"if-range": self.modified} if self.modified and not self.etag else {}


@contextmanager
def open_range(
    client: httpx2.Client,
    url: str,
    offset: int,
    *,
    where: str,
    headers: Mapping[str, str],
    validator: Validator | None,
    refuse: Callable[[httpx2.Response], None],
) -> Iterator[Stream]:
    """Open a file from an offset; `validator` is the state that it must have, None for any.

    `refuse` raises what an answer means that has no file; its body is not read.

    Raises:
        FailureError: `CHANGED`, or what `refuse` raises.
        InterruptedLoadError: the connection broke, here or while it was read.
    """
    asked = {**headers}
    if offset:
        asked["range"] = f"bytes={offset}-"
        asked.update(validator.condition() if validator else {})
    try:
        with client.stream("GET", url, headers=asked) as response:
            refuse(response)
            if validator is not None and validator.differs_from(Validator.of(response.headers)):
                raise changed(where)
            begins = 0
            if response.status_code == 206:  # noqa: PLR2004 - Partial Content
                found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
                begins = int(found[1]) if found else -1
                if begins != offset:
                    begins = -1
            if begins < 0:
                raise FailureError(
                    Code.UNAVAILABLE, f"{where} answers with another range than was asked for."
                )
            yield Stream(begins, response.iter_raw())
    except httpx2.HTTPError as error:
        raise broken(error) from error


def changed(where: str) -> FailureError:
    """Return the failure of a source that is not what it was when the load began."""
    return FailureError(
        Code.CHANGED,
        f"{where} changed while it was loaded. The next load begins with what is there now.",
    )
