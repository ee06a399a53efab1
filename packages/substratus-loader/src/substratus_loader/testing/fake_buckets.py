"""Buckets of one's own, as S3, Google Cloud Storage and Azure answer what a loader asks them.

Whether a request is signed is looked at, not the signature.
"""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from substratus_loader.testing.answers import Handler, Server
from substratus_loader.testing.content import Content

if TYPE_CHECKING:
    from collections import deque

    from substratus_loader.testing.faults import Fault

_DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


class _Buckets(Handler):
    server_of: "FakeBuckets"

    def do_HEAD(self) -> None:  # noqa: N802 - the base's name
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802 - the base's name
        buckets = self.server_of
        split = urlsplit(self.path)
        bucket, _, key = unquote(split.path).lstrip("/").partition("/")
        query = parse_qs(split.query)
        buckets.requests.append((f"{self.command} {split.path}", self.headers.get("Range")))
        given = self.headers.get("Authorization")
        if buckets.key is not None and (given is None or buckets.key not in given):
            self.empty(403, body=b"<Error><Code>AccessDenied</Code></Error>")
        elif bucket not in buckets.objects:
            self.empty(404, body=b"<Error><Code>NoSuchBucket</Code></Error>")
        elif not key and (fault := buckets.next_fault("")) is not None:
            self.file(Content(), {}, fault=fault)
        elif not key and "comp" in query:
            self._xml(_azure(buckets.objects[bucket], query.get("prefix", [""])[0]))
        elif not key:
            self._xml(_s3(buckets.objects[bucket], query.get("prefix", [""])[0]))
        else:
            self._object(buckets.objects[bucket].get(key), key)

    def _object(self, content: Content | None, key: str) -> None:
        if content is None:
            self.empty(404, body=b"<Error><Code>NoSuchKey</Code></Error>")
            return
        tag = etag(content)
        if self.headers.get("If-Match", tag) != tag:
            self.empty(412)
            return
        fault = self.server_of.next_fault(key) if self.command == "GET" else None
        headers = {"ETag": tag, "Last-Modified": _DATE, "x-ms-blob-type": "BlockBlob"}
        self.file(content, headers, fault=fault)

    def _xml(self, text: str) -> None:
        self.empty(200, {"Content-Type": "application/xml"}, text.encode())


class FakeBuckets(Server):
    """Buckets, each with its objects by key; `key` is what a signed request must hold."""

    handler = _Buckets

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.url = f"http://{host}:{self.port}"
        self.objects: dict[str, dict[str, Content]] = {}
        self.key: str | None = None
        self.faults: dict[str, deque[Fault | None]] = {}
        self.requests: list[tuple[str, str | None]] = []

    def next_fault(self, key: str) -> "Fault | None":
        """Return what goes wrong with the next answer for this key; "" is the list."""
        faults = self.faults.get(key)
        return faults.popleft() if faults else None


def etag(content: Content) -> str:
    """Return the ETag of an object, which is not a checksum that anybody could verify."""
    return f'"{content.git_sha1[:32]}-1"'


def _s3(objects: dict[str, Content], prefix: str) -> str:
    contents = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
        f"<ETag>{escape(etag(content))}</ETag><Size>{content.size}</Size></Contents>"
        for key, content in sorted(objects.items())
        if key.startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"


def _azure(objects: dict[str, Content], prefix: str) -> str:
    blobs = "".join(
        f"<Blob><Name>{escape(key)}</Name><Properties><Last-Modified>{_DATE}</Last-Modified>"
        f"<Etag>{escape(etag(content))}</Etag><Content-Length>{content.size}</Content-Length>"
        "<Content-Type>application/octet-stream</Content-Type></Properties></Blob>"
        for key, content in sorted(objects.items())
        if key.startswith(prefix)
    )
    return f"<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>"
