"""What a source's URL names."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from substratus_loader.failures import Code, FailureError

CONVERSION = "refs/convert/parquet"
"""The revision in which the Hub keeps a dataset as Parquet."""

_BUCKETS = {"s3": "s3", "gs": "gs", "az": "az"}
_PLURALS = {"models": "model", "datasets": "dataset", "spaces": "space"}
# Revisions with a slash that the Hub's own file system reads without %2F.
_SPECIAL_REVISION = re.compile(r"(refs/(?:convert|pr)/[^/]+)(?:/(.*))?$")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class HubUrl:
    """`hf://[datasets/]org/name[@revision][/path]`; `conversion` is of `?split=…&config=…`."""

    kind: str
    repository: str
    revision: str
    path: str
    conversion: dict[str, str] | None = None


@dataclass(frozen=True)
class WebUrl:
    """`https://…`, without its fragment; `sha256` is what the fragment asks for."""

    url: str
    host: str
    name: str
    sha256: str | None


@dataclass(frozen=True)
class BucketUrl:
    """`s3://`, `gs://` or `az://`, a bucket or container, and a key or a prefix of keys."""

    scheme: str
    bucket: str
    path: str


@dataclass(frozen=True)
class VolumeUrl:
    """`pvc://claim/path`."""

    claim: str
    path: str


Url = HubUrl | WebUrl | BucketUrl | VolumeUrl


def parse(url: str) -> Url:
    """Return what a URL names.

    Raises:
        FailureError: `WRONG_USAGE`, with a sentence that shows no part that may be a secret.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unreadable(url, "it is not a URL") from None
    if "@" in parts.netloc and parts.scheme in {"http", "https"}:
        raise _unreadable(url, "a URL must not hold a user name or a password")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise _unreadable(url, "spaces and control characters are written as %20 and the like")
    if parts.scheme == "hf":
        return _hub(url, parts)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return _web(url, parts)
    if parts.scheme in _BUCKETS and parts.netloc and port is None:
        return BucketUrl(parts.scheme, parts.netloc, _plain_path(url, parts))
    if parts.scheme == "pvc" and parts.netloc and port is None:
        return VolumeUrl(parts.netloc, _plain_path(url, parts))
    raise _unreadable(url, "it begins with none of hf://, https://, s3://, gs://, az:// and pvc://")


def shown(url: str) -> str:
    """Return a URL as a message may show it: without user, query and fragment."""
    scheme, mark, rest = url.partition("#")[0].partition("?")[0].partition("://")
    if scheme == "hf":
        return scheme + mark + rest
    place, slash, path = rest.partition("/")
    return scheme + mark + place.rpartition("@")[2] + slash + path


def is_inside(path: str) -> bool:
    """Say whether a relative path stays below the directory that it is relative to."""
    parts = path.split("/")
    return all(part not in {"", ".", ".."} for part in parts) and "\0" not in path


def _hub(url: str, parts: SplitResult) -> HubUrl:
    # As Hugging Face's own file system reads it: [kind/]org/name[@revision][/path].
    rest = (parts.netloc + parts.path).strip("/")
    first, _, after = rest.partition("/")
    kind = _PLURALS.get(first, "model")
    if first in _PLURALS:
        rest = after
    owner, _, rest = rest.partition("/")
    if "@" in rest.partition("/")[0]:
        name, _, rest = rest.partition("@")
        special = _SPECIAL_REVISION.match(rest)
        if special:
            revision, path = special[1], special[2] or ""
        else:
            revision, _, path = rest.partition("/")
        revision = unquote(revision)
    else:
        name, _, path = rest.partition("/")
        revision = "main"
    path = unquote(path)
    if not owner or not name or not revision or "@" in owner:
        raise _unreadable(url, "write hf://org/name[@revision][/path]")
    if path and not is_inside(path):
        raise _unreadable(url, "its path must not have empty parts, . or ..")
    conversion = _conversion(url, parts)
    if conversion is not None:
        if kind != "dataset" or path or revision != "main":
            raise _unreadable(url, "a split is of a dataset, without a revision and a path")
        revision = CONVERSION
    return HubUrl(kind, f"{owner}/{name}", revision, path, conversion)


def _conversion(url: str, parts: SplitResult) -> dict[str, str] | None:
    if not parts.query:
        return None
    query = parse_qs(parts.query, keep_blank_values=True)
    if (
        set(query) - {"split", "config"}
        or "split" not in query
        or any(len(values) != 1 or not values[0] for values in query.values())
    ):
        raise _unreadable(url, "after ? come split=… and, where there is more than one, config=…")
    return {key: values[0] for key, values in query.items()}


def _web(url: str, parts: SplitResult) -> WebUrl:
    sha256 = None
    if parts.fragment:
        key, _, value = parts.fragment.partition("=")
        if key != "sha256" or not _SHA256.fullmatch(value):
            raise _unreadable(url, "after # comes sha256= and 64 hexadecimal digits")
        sha256 = value.lower()
    name = unquote(parts.path.rpartition("/")[2])
    return WebUrl(parts._replace(fragment="").geturl(), parts.hostname or "", name, sha256)


def _plain_path(url: str, parts: SplitResult) -> str:
    if parts.query or parts.fragment:
        raise _unreadable(url, f"{parts.scheme}:// takes no ? and no #")
    path = unquote(parts.path).strip("/")
    if path and not is_inside(path):
        raise _unreadable(url, "its path must not have empty parts, . or ..")
    return path


def _unreadable(url: str, why: str) -> FailureError:
    return FailureError(Code.WRONG_USAGE, f"The source {shown(url)} cannot be read: {why}.")
