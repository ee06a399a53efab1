"""Calling hooks over HTTP."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from metacontroller_offline.callers import Response, WsgiApplication
from metacontroller_offline.errors import HookError

_JSON = {"Content-Type": "application/json"}


class HttpCaller:
    """Calls hooks over HTTP with kept-alive connections.

    Args:
        base: replaces scheme, host and port of every webhook's URL, for example
            `http://127.0.0.1:8090`; None calls the URLs as they are.
        headers: sent with each request, for example an Authorization.
        transport: by what requests are sent, instead of the network.
    """

    def __init__(
        self,
        base: str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = base.rstrip("/") if base else None
        self._client = httpx.Client(headers={**_JSON, **(headers or {})}, transport=transport)

    def post(
        self, url: str, body: bytes, timeout: float, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Post a request; see `Caller`."""
        if self._base is not None:
            parts = urlsplit(url)
            url = f"{self._base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        try:
            answer = self._client.post(url, content=body, timeout=timeout, headers=headers)
        except httpx.HTTPError as error:
            raise HookError(f"http error: POST {url}: {error}") from error
        return Response(answer.status_code, answer.content, dict(answer.headers))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class WsgiCaller(HttpCaller):
    """Calls a WSGI application, such as Flask's, in the same process.

    Args:
        application: what a WSGI server would be given.
        headers: sent with each request.
    """

    def __init__(
        self, application: WsgiApplication, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(headers=headers, transport=httpx.WSGITransport(app=application))
